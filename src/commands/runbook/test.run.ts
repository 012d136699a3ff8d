import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { exit } from "../../core/exit.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { Runbook } from "../../runbooks/format/runbook.ts";
import type { TestedRunbook } from "../../runbooks/trial/trial-world.ts";
import { tryRunbook } from "../../runbooks/trial/try-runbook.ts";
import { requireName } from "../../../sandbox/src/names.ts";
import { table } from "../../view/table.ts";
import { allRunbooks, openRunbook } from "./library.run.ts";
import type { RunbookTestInput } from "./test.ts";
import { sandboxContext } from "./trial-context.run.ts";
import { trialWorld } from "./trial-world.run.ts";

/** What `gennet runbook test` answers. */
export interface RunbookTests {
  readonly kind: "RunbookTests";
  readonly sandbox: string;
  readonly items: readonly TestedRunbook[];
}

export async function run(input: RunbookTestInput, context: Context): Promise<Outcome<RunbookTests>> {
  const name = requireName(input.name);
  const runbooks = await wanted(input.ids, context);
  const work = await mkdtemp(join(tmpdir(), "gennet-runbook-test-"));
  try {
    const { trialContext, region, gitops } = await sandboxContext(name, work, context);
    try {
      const items: TestedRunbook[] = [];
      for (const runbook of runbooks) {
        context.emit({ type: "note", level: "info", text: `Testing ${runbook.id} in ${region}` });
        items.push(await tryRunbook(runbook, trialWorld(name, region, gitops, trialContext)));
      }
      const isPassed = items.length > 0 && items.every(({ outcome }) => outcome === "passed");
      return { exit: isPassed ? exit.ok : exit.unhealthy, document: { kind: "RunbookTests", sandbox: name, items } };
    } finally {
      await trialContext.close();
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

export function present({ items }: RunbookTests, view: TextView): string {
  const rows = items.map(({ id, outcome, summary, finding = "" }) => [
    id,
    outcome === "passed" ? view.paint("good", outcome) : view.paint("bad", outcome),
    summary,
    finding,
  ]);
  return table(["RUNBOOK", "RESULT", "WHY", "FINDING"], rows, view);
}

async function wanted(ids: readonly string[], context: Context): Promise<readonly Runbook[]> {
  const names = ids.length > 0 ? ids : (await allRunbooks(context)).map(({ id }) => id);
  const runbooks = await Promise.all(names.map((id) => openRunbook(id, context)));
  return ids.length > 0 ? runbooks : runbooks.filter(({ trial }) => trial !== undefined);
}
