import type { Finding } from "../../core/finding.ts";
import type { Journal } from "../../core/journal.ts";
import { entriesOf } from "../../core/run.ts";
import { shell } from "../../core/shell-words.ts";
import type { Runbook, RunbookStep } from "../format/runbook.ts";
import { recordedOf } from "../record/recorded.ts";
import type { RunFile } from "../record/run-files.ts";
import { filledText, isReachable, type Values } from "../values.ts";
import type { RanStep, RunbookRun } from "./runbook-run.ts";
import { regionOf } from "./step-command.ts";
import type { RunbookWorld } from "./world.ts";

/** Returns whether a step that may be reached changes something. */
export function changesIn(steps: readonly RunbookStep[], values: Values, { isUndo = false } = {}): boolean {
  return steps.some((step) => !step.reads && isUndo === (step.undoOf !== undefined) && isReachable(step, values));
}

/** What a dry run answers. */
export function plannedRun(
  runbook: Pick<Runbook, "id" | "title" | "inputs" | "steps">,
  values: Values,
  world: Pick<RunbookWorld, "placeOf">,
  { isUndo = false } = {},
): RunbookRun {
  const region = regionOf(runbook, values);
  const place = region === undefined ? undefined : world.placeOf(region);
  const steps = runbook.steps.filter(({ undoOf }) => isUndo === (undoOf !== undefined));
  return {
    kind: "RunbookRun",
    runbook: runbook.id,
    title: runbook.title,
    outcome: "planned",
    steps: steps.map((step) => ({
      ...about(step),
      state: isReachable(step, values) ? "planned" : "skipped",
      command: plannedCommand(step, values, place),
    })),
    findings: [],
    next: [],
  };
}

/** What a run answers, from its journal. */
export function runDocument(
  { id, title, steps }: Pick<Runbook, "id" | "title" | "steps">,
  { run, incident, flags }: RunFile,
  journal: Journal,
  folder: string,
  { outcome, findings }: { readonly outcome: RunbookRun["outcome"]; readonly findings: readonly Finding[] },
): RunbookRun {
  const recorded = recordedOf(entriesOf(journal, run)).steps;
  const isOpen = outcome === "failed" || outcome === "stopped" || outcome === "stuck";
  return {
    kind: "RunbookRun",
    runbook: id,
    title,
    run,
    ...(incident === undefined ? {} : { incident }),
    outcome,
    steps: steps.flatMap((step): readonly RanStep[] => {
      const seen = recorded.find(({ name }) => name === step.name);
      if (seen === undefined) return step.undoOf === undefined ? [{ ...about(step), state: "not-reached" }] : [];
      const summary = seen.what ?? seen.result["summary"];
      return [{ ...about(step), state: seen.state, ...(typeof summary === "string" ? { summary } : {}) }];
    }),
    findings,
    next: [
      ...(isOpen ? [shell`gennet runbook run --resume ${run} ${flags}`.trimEnd()] : []),
      ...(outcome === "failed" || outcome === "stopped"
        ? [shell`gennet runbook run --resume ${run} --undo ${flags}`.trimEnd()]
        : []),
      shell`gennet runbook report ${run}`,
    ],
    folder,
    journal: journal.head,
  };
}

function about({ name, kind, reads, isSafe }: RunbookStep): Pick<RanStep, "name" | "kind" | "changes" | "safe"> {
  return { name, kind, changes: !reads, safe: isSafe };
}

function plannedCommand(
  { kind, body, words, allRegions }: RunbookStep,
  values: Values,
  place: ReturnType<RunbookWorld["placeOf"]> | undefined,
): string {
  if (words.length === 0 || kind === "check") return filledText(body, values);
  const args = words.map((word) =>
    filledText(word.map((part) => (typeof part === "string" ? part : `\${${part.value}}`)).join(""), values),
  );
  const first = kind === "kubectl" && place !== undefined ? ["--context", place.context] : [];
  const last = kind === "gennet" && !allRegions ? (place?.gennet ?? []) : [];
  // A value that is not known yet stays readable.
  return [kind, ...first, ...args, ...last].map((word) => (word.includes("${") ? word : shell`${word}`)).join(" ");
}
