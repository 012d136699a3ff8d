import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import { exit, type Exit } from "../../core/exit.ts";
import { type Journal, withJournal } from "../../core/journal.ts";
import { onPath } from "../../core/on-path.ts";
import type { Outcome } from "../../core/outcome.ts";
import { assertNamed } from "../../core/run-checks.ts";
import { beginRun, endRun, openRun, type JournaledRun } from "../../core/run.ts";
import { shell } from "../../core/shell-words.ts";
import { healthChecks } from "../../health/index.ts";
import type { RunFolder } from "../../host/run-folders.ts";
import { parseRunbook } from "../../runbooks/format/parse-runbook.ts";
import type { Runbook } from "../../runbooks/format/runbook.ts";
import { findingName } from "../../runbooks/finding-values.ts";
import { type Prepared, prepare } from "../../runbooks/prepare.ts";
import { recordedOf, stepsLeft } from "../../runbooks/record/recorded.ts";
import { findRun, newRun, type RunFile, writeRun } from "../../runbooks/record/run-files.ts";
import { assertRights, assertTools } from "../../runbooks/requirements.ts";
import { assertAnswerable } from "../../runbooks/run/confirm.ts";
import { changesIn, plannedRun, runDocument } from "../../runbooks/run/run-document.ts";
import { runRunbook, type RunbookOptions } from "../../runbooks/run/run-runbook.ts";
import { runText } from "../../runbooks/run/run-text.ts";
import type { RunbookRun } from "../../runbooks/run/runbook-run.ts";
import { sourcesOf } from "./inputs.run.ts";
import { openRunbook } from "./library.run.ts";
import type { RunbookRunInput } from "./run.ts";
import { worldOf } from "./runbook-world.run.ts";

export async function run(input: RunbookRunInput, context: Context): Promise<Outcome<RunbookRun>> {
  if (input.resume !== undefined) return resume(input.resume, input, context);
  const stray = (["undo", "accept"] as const).find((name) => input[name]);
  if (stray !== undefined) throw new AppError("USAGE_INVALID", `--${stray} needs --resume RUN.`);
  if (input.id === undefined) {
    throw new AppError("USAGE_INVALID", "Pass the ID of a runbook, or --resume RUN.", {
      next: ["gennet runbook list"],
    });
  }
  const runbook = await openRunbook(input.id, context);
  assertStep(runbook, input.fromStep);
  assertIncident(input.incident);
  assertNamed(healthChecks, literalChecks(runbook));
  const { sources, finding } = await sourcesOf(runbook, input, context);
  const prepared = await prepare(runbook, sources);
  await assertTools(runbook, (program) => onPath(program, context.host.env));
  const folders = await context.runs();
  const { clock } = context.host;
  const file = newRun(runbook, input.incident, clock.now());
  const world = await worldOf(folders.open(file.run), prepared.secrets, context);
  await assertRights(runbook, prepared.values, world, context.signal);
  if (input.dryRun) {
    const changes = changesIn(runbook, prepared.values);
    return { exit: changes ? exit.pending : exit.ok, document: plannedRun(runbook, prepared.values, world) };
  }
  if (world.person === undefined) assertAnswerable(runbook.steps, prepared.values, input);
  return withJournal(
    await context.journals(),
    file.journal,
    { clock, signal: context.signal },
    async (journal, signal) => {
      assertFree(journal, input.incident);
      const folder = await folders.create(file.run);
      await writeRun(folder, file, runbook.source);
      const inputs = [...prepared.values].filter(([name]) => runbook.inputs[name] !== undefined);
      const begun = await beginRun(journal, file.run, {
        runbook: runbook.id,
        author: world.author,
        ...(finding === undefined ? {} : { finding: `${findingName(finding)} ${finding.subject}: ${finding.summary}` }),
        ...Object.fromEntries(inputs.map(([name, value]) => [`input:${name}`, value])),
      });
      return perform(runbook, begun, prepared, file, folder, input, context, signal);
    },
  );
}

async function resume(named: string, input: RunbookRunInput, context: Context): Promise<Outcome<RunbookRun>> {
  const { run: file, source, folder } = await findRun(named, await context.runs());
  const { clock } = context.host;
  // The runbook as it was when the run began.
  const runbook = parseRunbook(source, file.file);
  assertStep(runbook, input.fromStep);
  return withJournal(
    await context.journals(),
    file.journal,
    { clock, signal: context.signal },
    async (journal, signal) => {
      const open = openRun(journal);
      if (open === undefined || open.run.id !== file.run) {
        throw new AppError("RUNBOOK_RUN_OVER", `The run ${file.run} has ended.`, {
          next: [shell`gennet runbook report ${file.run}`],
        });
      }
      if (input.accept) {
        await endRun(open.run, "accepted");
        return {
          exit: exit.ok,
          document: runDocument(runbook, file, journal, folder.path, { outcome: "accepted", findings: [] }),
        };
      }
      const recorded = Object.entries(open.run.facts).flatMap(([name, value]) =>
        name.startsWith("input:") ? [`${name.slice("input:".length)}=${String(value)}`] : [],
      );
      const { sources } = await sourcesOf(runbook, { ...input, input: [...recorded, ...input.input] }, context);
      const prepared = await prepare(runbook, sources);
      return perform(runbook, open.run, prepared, file, folder, input, context, signal);
    },
  );
}

async function perform(
  runbook: Runbook,
  run: JournaledRun,
  { values, secrets }: Prepared,
  file: RunFile,
  folder: RunFolder,
  { yes, undo, fromStep }: RunbookRunInput,
  context: Context,
  signal: AbortSignal,
): Promise<Outcome<RunbookRun>> {
  const world = await worldOf(folder, secrets, context);
  const known = new Map([...values, ["evidence", folder.path]]);
  if (world.person === undefined && !undo) {
    const recorded = recordedOf(run.journal.entries.filter((entry) => entry.run === run.id));
    assertAnswerable(stepsLeft(runbook, recorded), new Map([...known, ...recorded.values]), { yes });
  }
  const options: RunbookOptions = { yes, undo, ...(fromStep === undefined ? {} : { fromStep }) };
  context.emit({ type: "note", level: "info", text: `${runbook.title}: run ${file.run}` });
  const ended = await runRunbook(runbook, run, known, options, world, signal).catch((error: unknown) => {
    const text = shell`The run is unfinished. Resume it with: gennet runbook run --resume ${file.run}`;
    context.emit({ type: "note", level: "warn", text });
    throw error;
  });
  const code: Exit = ended.exit;
  return { exit: code, document: runDocument(runbook, file, run.journal, folder.path, ended) };
}

export function present(document: RunbookRun, view: TextView): string {
  return runText(document, view);
}

function assertStep({ steps, file }: Runbook, name: string | undefined): void {
  if (name === undefined || steps.some((step) => step.name === name && step.undoOf === undefined)) return;
  const names = steps.filter(({ undoOf }) => undoOf === undefined).map((step) => step.name);
  throw new AppError("USAGE_INVALID", `--from-step: ${file} has no step "${name}".`, {
    next: [`It has: ${names.join(", ")}`],
  });
}

function assertIncident(name: string | undefined): void {
  if (name === undefined || /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(name)) return;
  throw new AppError(
    "USAGE_INVALID",
    `--incident: ${JSON.stringify(name)} is not letters, digits, dots, dashes and underscores.`,
  );
}

/** An incident has one run at a time. */
function assertFree(journal: Journal, incident: string | undefined): void {
  const open = openRun(journal);
  if (open === undefined) return;
  const { id } = open.run;
  throw new AppError("RUNBOOK_UNFINISHED", `The run ${id} for ${incident ?? "this incident"} is unfinished.`, {
    next: [
      shell`gennet runbook run --resume ${id}  # continues it`,
      shell`gennet runbook run --resume ${id} --undo  # undoes it`,
      shell`gennet runbook run --resume ${id} --accept  # ends it as it is`,
    ],
  });
}

/** A misspelt check must not be found only when an incident has reached its step. */
function literalChecks({ steps }: Runbook): readonly string[] {
  const words = steps.filter(({ kind }) => kind === "check").flatMap((step) => step.words);
  return words.flatMap((word) => (word.every((part) => typeof part === "string") ? [word.join("")] : []));
}
