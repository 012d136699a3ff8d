import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { exitOf } from "../../core/finding.ts";
import type { Outcome } from "../../core/outcome.ts";
import { listSecrets, type SecretItem, type SecretList } from "../../secrets/secret-list.ts";
import { regionFindingLines } from "../../view/region-findings.ts";
import { table } from "../../view/table.ts";
import { secretRegions, sitesOf, secretsManagersOf } from "./open-secret.run.ts";

export async function run(_input: object, context: Context): Promise<Outcome<SecretList>> {
  const regions = await secretRegions(context);
  const [stores, sites] = await Promise.all([secretsManagersOf(regions, context), sitesOf(regions, context)]);
  const document = await listSecrets(stores, sites, context.options.namespace, context.signal);
  return { exit: exitOf(document.findings, false), document };
}

export function present({ items, findings }: SecretList, view: TextView): string {
  const head = ["SECRET", "REGIONS", "CHANGED", "READ BY"];
  const rows = items.flatMap((item) => [rowOf(item, view), ...(view.wide ? readerRows(item) : [])]);
  const regions = [...new Set(findings.map(({ region = "" }) => region))];
  return [
    items.length === 0 ? "No secrets found." : table(head, rows, view),
    ...regionFindingLines(regions, findings, view),
  ].join("\n");
}

function rowOf(
  { name, awsRegion, replicas, changedAt, managedBy, readers }: SecretItem,
  { paint }: TextView,
): string[] {
  const troubled = readers.filter((reader) => reader.problem !== undefined).length;
  const count = `${readers.length} ${readers.length === 1 ? "ExternalSecret" : "ExternalSecrets"}`;
  const readBy = readers.length === 0 ? paint("dim", "none") : count;
  const trouble = troubled === 0 ? "" : paint("bad", `, ${troubled} with a problem`);
  const managed = managedBy === undefined ? "" : paint("dim", ` (${managedBy})`);
  return [`${name}${managed}`, [awsRegion, ...replicas].join(", "), changedAt?.slice(0, 10) ?? "", readBy + trouble];
}

function readerRows({ readers }: SecretItem): string[][] {
  return readers.map(({ region, namespace, externalSecret, problem }) => [
    `  ${namespace}/${externalSecret}`,
    region,
    "",
    problem ?? "ready",
  ]);
}
