import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import type { Outcome } from "../../core/outcome.ts";
import { exitOfList } from "../../gitops/application-list.ts";
import { treeLines } from "../../gitops/application-text.ts";
import { type ApplicationTree, applicationTree } from "../../gitops/application-tree.ts";
import { regionFindingLines } from "../../view/region-findings.ts";
import type { AppTreeInput } from "./tree.ts";
import { applicationNamespace, gitopsRegions } from "./regions.run.ts";

export async function run({ app }: AppTreeInput, context: Context): Promise<Outcome<ApplicationTree>> {
  const which = { namespace: applicationNamespace(context), name: app };
  const document = await applicationTree(await gitopsRegions(context), which, context.signal);
  return { exit: exitOfList(document), document };
}

export function present(tree: ApplicationTree, view: TextView): string {
  const regions = [...new Set(tree.findings.map(({ region = "" }) => region))];
  return [...treeLines(tree, view), ...regionFindingLines(regions, tree.findings, view)].join("\n");
}
