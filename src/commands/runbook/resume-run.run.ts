import type { Context } from "../../context.ts";
import { AppError } from "../../core/error.ts";
import { exit } from "../../core/exit.ts";
import { type Journal, withJournal } from "../../core/journal.ts";
import type { Outcome } from "../../core/outcome.ts";
import { endRun, entriesOf, type JournaledRun, openRun } from "../../core/run.ts";
import { shell } from "../../core/shell-words.ts";
import { canAsk } from "../../host/ask.ts";
import { parseRunbook } from "../../runbooks/format/parse-runbook.ts";
import { prepare } from "../../runbooks/prepare.ts";
import { recordedOf, stepsLeft } from "../../runbooks/record/recorded.ts";
import { inputsIn } from "../../runbooks/record/run-inputs.ts";
import { findRun, type FoundRun } from "../../runbooks/record/run-files.ts";
import { assertAnswerable } from "../../runbooks/run/confirm.ts";
import { changesIn, plannedRun, runDocument } from "../../runbooks/run/run-document.ts";
import type { RunbookRun } from "../../runbooks/run/runbook-run.ts";
import { sourcesOf } from "./inputs.run.ts";
import { assertOwnPlace, assertStep, performRun, stepsFrom } from "./perform-run.run.ts";
import { runStores } from "../run-stores.run.ts";
import type { RunbookRunInput } from "./run.ts";
import { worldOf } from "./runbook-world.run.ts";

type OpenedRunFiles = Omit<FoundRun<unknown>, "store">;

/** Continues, undoes or ends an unfinished run. */
export async function resumeRun(named: string, input: RunbookRunInput, context: Context): Promise<Outcome<RunbookRun>> {
  const found = await findRun(named, await runStores(context));
  const { store } = found;
  const { run: id, journal: name } = found.run;
  // It may have begun on another machine.
  const folder = input.dryRun ? found.folder : await store.folders.create(id);
  const held = { clock: context.host.clock, signal: context.signal };
  return withJournal(store.journals(`run ${id}`), name, held, (journal, signal) => {
    const run = unfinished(journal, found);
    return input.accept ? accept(run, found) : resume(run, { ...found, folder }, input, context, signal);
  });
}

/** Needs no runbook: a run whose copy is damaged can be ended, too. */
async function accept(run: JournaledRun, { run: file, folder }: OpenedRunFiles): Promise<Outcome<RunbookRun>> {
  await endRun(run, "accepted");
  const runbook = { id: file.runbook, title: file.runbook, steps: [] };
  const ended = { outcome: "accepted", findings: [] } as const;
  return { exit: exit.ok, document: runDocument(runbook, file, run.journal, folder.path, ended) };
}

async function resume(
  run: JournaledRun,
  { run: file, source, folder }: OpenedRunFiles,
  input: RunbookRunInput,
  context: Context,
  signal: AbortSignal,
): Promise<Outcome<RunbookRun>> {
  // The runbook as it was when the run began.
  const runbook = parseRunbook(source, `${folder.path}/runbook.md`);
  assertStep(runbook, input.fromStep);
  const { sources } = await sourcesOf(runbook, { ...input, input: givenAgain(run, input.input) }, context);
  const prepared = await prepare(runbook, sources);
  const recorded = recordedOf(entriesOf(run.journal, run.id));
  const known = new Map([...prepared.values, ...recorded.values]);
  const isUndo = input.undo || recorded.isUndoing;
  const world = await worldOf(folder, prepared.secrets, context);
  if (input.dryRun) {
    const left = stepsLeft(runbook, recorded, isUndo);
    const document = plannedRun({ ...runbook, steps: left }, known, world, { isUndo });
    return { exit: changesIn(left, known, { isUndo }) ? exit.pending : exit.ok, document };
  }
  if (!canAsk(context) && !isUndo) {
    const left = stepsFrom(runbook, input.fromStep).filter((step) => stepsLeft(runbook, recorded).includes(step));
    assertAnswerable(left, known, input);
  }
  await assertOwnPlace(runbook, prepared.values, context);
  return performRun({ runbook, run, file, folder, world }, prepared.values, input, context, signal);
}

/** Throws RUNBOOK_RUN_OVER if the run has ended, or never began. */
function unfinished(journal: Journal, { run: { run, runbook } }: OpenedRunFiles): JournaledRun {
  const open = openRun(journal);
  if (open !== undefined && open.run.id === run) return open.run;
  const hasBegun = entriesOf(journal, run).length > 0;
  throw new AppError("RUNBOOK_RUN_OVER", hasBegun ? `The run ${run} has ended.` : `The run ${run} never began.`, {
    next: [hasBegun ? shell`gennet runbook report ${run}` : shell`gennet runbook run ${runbook}`],
  });
}

/** Returns the inputs that the run began with, and what is given in addition. Throws if an input would change. */
function givenAgain({ facts }: JournaledRun, given: readonly string[]): readonly string[] {
  const recorded = inputsIn(facts);
  for (const [name, value] of recorded) {
    const other = given.find((pair) => pair.startsWith(`${name}=`) && pair !== `${name}=${value}`);
    if (other === undefined) continue;
    throw new AppError(
      "RUNBOOK_VALUE_INVALID",
      `The run began with ${name}=${value}, and a resumed run keeps its inputs.`,
      {
        next: [`Leave --input ${name} out, or start a new run.`],
      },
    );
  }
  return [...recorded.map((pair) => pair.join("=")), ...given];
}
