import type { Context } from "../../context.ts";
import { AppError } from "../../core/error.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { JournaledRun } from "../../core/run.ts";
import { shell } from "../../core/shell-words.ts";
import type { RunFolder } from "../../host/run-folders.ts";
import type { Runbook, RunbookStep } from "../../runbooks/format/runbook.ts";
import type { RunFile } from "../../runbooks/record/run-files.ts";
import { runDocument } from "../../runbooks/run/run-document.ts";
import { regionOf } from "../../runbooks/run/step-command.ts";
import { runRunbook } from "../../runbooks/run/run-runbook.ts";
import type { RunbookRun } from "../../runbooks/run/runbook-run.ts";
import type { RunbookWorld } from "../../runbooks/run/world.ts";
import type { Values } from "../../runbooks/values.ts";
import { assertOwnCluster } from "../own-clusters.run.ts";
import { placesIfAny } from "./library.run.ts";
import type { RunbookRunInput } from "./run.ts";

export interface OpenedRun {
  readonly runbook: Runbook;
  readonly run: JournaledRun;
  readonly file: RunFile;
  readonly folder: RunFolder;
  readonly world: RunbookWorld;
}

/** Does the steps that are left. If that is interrupted, says how to resume. */
export async function performRun(
  { runbook, run, file, folder, world }: OpenedRun,
  values: Values,
  { yes, undo, fromStep }: Pick<RunbookRunInput, "yes" | "undo" | "fromStep">,
  context: Context,
  signal: AbortSignal,
): Promise<Outcome<RunbookRun>> {
  const known = new Map([...values, ["evidence", folder.evidence]]);
  const options = { yes, undo, ...(fromStep === undefined ? {} : { fromStep }) };
  context.emit({ type: "note", level: "info", text: `${runbook.title}: run ${file.run}` });
  const ended = await runRunbook(runbook, run, known, options, world, signal).catch((error: unknown) => {
    const command = shell`gennet runbook run --resume ${[file.run, ...file.flags]}`;
    context.emit({ type: "note", level: "warn", text: `The run is unfinished. Resume it with: ${command}` });
    throw error;
  });
  return { exit: ended.exit, document: runDocument(runbook, file, run.journal, folder.path, ended) };
}

/** A step that changes something must not reach the cluster of another region. */
export async function assertOwnPlace(runbook: Runbook, values: Values, context: Context): Promise<void> {
  const region = regionOf(runbook, values);
  if (runbook.steps.every(({ reads }) => reads)) return;
  const place = (await placesIfAny(context)).find(({ name }) => name === region);
  if (place !== undefined) await assertOwnCluster(place, context);
}

/** Throws USAGE_INVALID if a runbook has no step with this name to begin with. */
export function assertStep({ steps, file }: Runbook, name: string | undefined): void {
  const forth = steps.filter(({ undoOf }) => undoOf === undefined).map((step) => step.name);
  if (name === undefined || forth.includes(name)) return;
  throw new AppError("USAGE_INVALID", `--from-step: ${file} has no step "${name}".`, {
    next: [`It has: ${forth.join(", ")}`],
  });
}

/** Returns the steps that run if a run begins at a step. */
export function stepsFrom({ steps }: Pick<Runbook, "steps">, name: string | undefined): readonly RunbookStep[] {
  return name === undefined ? steps : steps.slice(steps.findIndex((step) => step.name === name));
}
