import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import { exit } from "../../core/exit.ts";
import { type Journal, withJournal } from "../../core/journal.ts";
import { onPath } from "../../core/on-path.ts";
import type { Outcome } from "../../core/outcome.ts";
import { assertNamed } from "../../core/run-checks.ts";
import { beginRun, endRun, openRun } from "../../core/run.ts";
import { shell } from "../../core/shell-words.ts";
import { healthChecks } from "../../health/index.ts";
import type { Runbook } from "../../runbooks/format/runbook.ts";
import { findingName } from "../../runbooks/finding-values.ts";
import { prepare } from "../../runbooks/prepare.ts";
import { inputFacts } from "../../runbooks/record/run-inputs.ts";
import { findRun, newRun, writeRun } from "../../runbooks/record/run-files.ts";
import { assertRights, assertTools } from "../../runbooks/requirements.ts";
import { assertAnswerable } from "../../runbooks/run/confirm.ts";
import { changesIn, plannedRun } from "../../runbooks/run/run-document.ts";
import { runText } from "../../runbooks/run/run-text.ts";
import type { RunbookRun } from "../../runbooks/run/runbook-run.ts";
import { type RunStore, runStores } from "../run-stores.run.ts";
import { sourcesOf } from "./inputs.run.ts";
import { openRunbook } from "./library.run.ts";
import { assertOwnPlace, assertStep, performRun, stepsFrom } from "./perform-run.run.ts";
import { placeFlags } from "./place-flags.run.ts";
import { resumeRun } from "./resume-run.run.ts";
import type { RunbookRunInput } from "./run.ts";
import { worldOf } from "./runbook-world.run.ts";

export async function run(input: RunbookRunInput, context: Context): Promise<Outcome<RunbookRun>> {
  assertFlags(input);
  if (input.resume !== undefined) return resumeRun(input.resume, input, context);
  const runbook = await openRunbook(input.id ?? "", context);
  assertStep(runbook, input.fromStep);
  assertNamed(healthChecks, literalChecks(runbook));
  const { sources, finding } = await sourcesOf(runbook, input, context);
  const prepared = await prepare(runbook, sources);
  await assertTools(runbook, (program) => onPath(program, context.host.env));
  const stores = await runStores(context);
  const [store] = stores;
  const { folders } = store;
  const { clock } = context.host;
  const file = newRun(runbook, input.incident, placeFlags(context), clock.now());
  const world = await worldOf(folders.open(file.run), prepared.secrets, context);
  await assertRights(runbook, prepared.values, world, context.signal);
  if (input.dryRun) {
    const changes = changesIn(runbook.steps, prepared.values);
    return { exit: changes ? exit.pending : exit.ok, document: plannedRun(runbook, prepared.values, world) };
  }
  if (world.person === undefined) assertAnswerable(stepsFrom(runbook, input.fromStep), prepared.values, input);
  await assertOwnPlace(runbook, prepared.values, context);
  const held = { clock, signal: context.signal };
  const what = file.incident === undefined ? `run ${file.run}` : `incident ${file.incident}`;
  return withJournal(store.journals(what), file.journal, held, async (journal, signal) => {
    await assertFree(journal, input.incident, store, context);
    const folder = await folders.create(file.run);
    await writeRun(folder, file, runbook.source);
    const inputs = [...prepared.values].filter(([name]) => runbook.inputs[name] !== undefined);
    const begun = await beginRun(journal, file.run, {
      runbook: runbook.id,
      author: world.author,
      ...(finding === undefined ? {} : { finding: `${findingName(finding)} ${finding.subject}: ${finding.summary}` }),
      ...inputFacts(inputs),
    });
    return performRun({ runbook, run: begun, file, folder, world }, prepared.values, input, context, signal);
  });
}

export function present(document: RunbookRun, view: TextView): string {
  return runText(document, view);
}

/** Flags that exclude or need each other. */
function assertFlags({ id, resume, undo, accept, incident, fromFinding }: RunbookRunInput): void {
  const refuse = (message: string, ...next: string[]): never => {
    throw new AppError("USAGE_INVALID", message, { next: [...next, "gennet runbook run --help"] });
  };
  if (resume === undefined) {
    if (undo) refuse("--undo needs --resume RUN.", "gennet runbook report  # shows the last run");
    if (accept) refuse("--accept needs --resume RUN.", "gennet runbook report  # shows the last run");
    if (id === undefined) refuse("Pass the ID of a runbook, or --resume RUN.", "gennet runbook list");
  } else {
    if (id !== undefined) refuse("A resumed run has its runbook: pass either the ID of a runbook or --resume RUN.");
    if (incident !== undefined) refuse("A resumed run has its incident: leave --incident out.");
    if (fromFinding !== undefined) refuse("A resumed run has its inputs: leave --from-finding out.");
    if (undo && accept) refuse("--undo and --accept exclude each other.");
  }
  if (incident === undefined || /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(incident)) return;
  refuse(
    `--incident: ${JSON.stringify(incident)} is not 1 to 80 letters, digits, dots, dashes and underscores that begin with a letter or digit.`,
  );
}

/** An incident has one run at a time. One whose folder is gone can only be ended. */
async function assertFree(
  journal: Journal,
  incident: string | undefined,
  store: RunStore,
  { emit }: Context,
): Promise<void> {
  const open = openRun(journal);
  if (open === undefined) return;
  const { id } = open.run;
  const found = await findRun(id, [store]).catch((error: unknown) => {
    if (error instanceof AppError) return undefined;
    throw error;
  });
  if (found === undefined) {
    await endRun(open.run, "accepted");
    const text = `The files of the unfinished run ${id} are missing, so it cannot be resumed. It was ended as it was.`;
    emit({ type: "note", level: "warn", text });
    return;
  }
  const { flags } = found.run;
  throw new AppError("RUNBOOK_UNFINISHED", `The run ${id} for ${incident ?? "this incident"} is unfinished.`, {
    next: [
      shell`gennet runbook run --resume ${[id, ...flags]}  # continues it`,
      shell`gennet runbook run --resume ${[id, ...flags]} --undo  # undoes it`,
      shell`gennet runbook run --resume ${id} --accept  # ends it as it is`,
    ],
  });
}

/** A misspelt check must not be found only when an incident has reached its step. */
function literalChecks({ steps }: Runbook): readonly string[] {
  const words = steps.filter(({ kind }) => kind === "check").flatMap((step) => step.words);
  return words.flatMap((word) => (word.every((part) => typeof part === "string") ? [word.join("")] : []));
}
