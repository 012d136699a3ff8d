import type { Context } from "../../context.ts";
import { matches } from "../../core/check.ts";
import type { TextView } from "../../core/command.ts";
import { exit } from "../../core/exit.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { RunbookEntry } from "../../runbooks/runbook-files.ts";
import { table } from "../../view/table.ts";
import { allRunbooks } from "./library.run.ts";
import type { RunbookListInput } from "./list.ts";

export interface RunbookList {
  readonly kind: "RunbookList";
  readonly items: readonly Omit<RunbookEntry, "path">[];
}

export async function run({ finding }: RunbookListInput, context: Context): Promise<Outcome<RunbookList>> {
  const all = await allRunbooks(context);
  const wanted = all.filter(({ findings }) => finding === undefined || matches(findings, finding));
  const items = wanted.map(({ path: _path, ...entry }) => entry);
  return {
    exit: items.some(({ problem }) => problem !== undefined) ? exit.usage : exit.ok,
    document: { kind: "RunbookList", items },
  };
}

export function present({ items }: RunbookList, view: TextView): string {
  if (items.length === 0) return "no runbook answers this check";
  const head = ["ID", "TITLE", "FINDINGS", ...(view.wide ? ["FILE"] : [])];
  const rows = items.map(({ id, title, findings, origin, file, problem }) => [
    id,
    problem === undefined ? title : view.paint("bad", problem),
    findings.join(", "),
    ...(view.wide ? [origin === "gennet" ? "(shipped)" : file] : []),
  ]);
  return table(head, rows, view);
}
