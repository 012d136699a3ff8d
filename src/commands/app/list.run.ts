import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import type { Outcome } from "../../core/outcome.ts";
import { type ApplicationList, exitOfList, listApplications } from "../../gitops/application-list.ts";
import { applicationRows } from "../../gitops/application-text.ts";
import { regionFindingLines } from "../../view/region-findings.ts";
import { table } from "../../view/table.ts";
import type { AppListInput } from "./list.ts";
import { applicationNamespace, gitopsRegions } from "./regions.run.ts";

export async function run({ selector }: AppListInput, context: Context): Promise<Outcome<ApplicationList>> {
  const labelled = selector === undefined ? {} : { labelSelector: selector };
  const query = { namespace: applicationNamespace(context), ...labelled };
  const document = await listApplications(
    await gitopsRegions(context),
    query,
    context.host.clock.now(),
    context.signal,
  );
  return { exit: exitOfList(document), document };
}

export function present(list: ApplicationList, view: TextView): string {
  const [head = [], ...rows] = applicationRows(list, view);
  const regions = [...new Set(list.findings.map(({ region = "" }) => region))];
  const unknown = regionFindingLines(regions, list.findings, view);
  if (rows.length > 0) return [table(head, rows, view), ...unknown].join("\n");
  // Regions that could not be read come first: whether they have Applications is unknown.
  if (unknown.length > 0) return unknown.slice(1).join("\n");
  return "No Applications found in this namespace (use -n for another one).";
}
