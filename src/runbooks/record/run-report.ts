import type { JournalEntry, JournalHead } from "../../core/journal.ts";
import { entriesOf } from "../../core/run.ts";
import type { Runbook } from "../format/runbook.ts";
import { type Decision, recordedOf, type StepState } from "./recorded.ts";
import type { RunFile } from "./run-files.ts";
import { inputsIn } from "./run-inputs.ts";

/** A step in the report of a run. */
export interface ReportedStep {
  readonly name: string;
  readonly kind: string;
  readonly heading?: string;
  readonly state: StepState | "not-reached";
  /** RFC 3339, UTC: of the last attempt. */
  readonly startedAt?: string;
  readonly durationMs?: number;
  readonly attempts: number;
  /** What it ran, as a person would type it. */
  readonly script?: string;
  readonly summary?: string;
  readonly exitCode?: number;
  /** The file in the run's folder that has the output, and its SHA-256 in hex. */
  readonly output?: string;
  readonly sha256?: string;
}

/** What `gennet runbook report` answers. */
export interface RunbookReport {
  readonly kind: "RunbookReport";
  readonly run: string;
  readonly runbook: string;
  readonly title: string;
  readonly incident?: string;
  /** `unfinished` runs can be resumed. */
  readonly outcome: "done" | "undone" | "stopped" | "accepted" | "unfinished";
  readonly author: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly endedAt?: string;
  /** Until its last entry. */
  readonly durationMs: number;
  /** The finding that it began with. */
  readonly finding?: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly steps: readonly ReportedStep[];
  readonly decisions: readonly Decision[];
  /** The folder of the run, and the files in it. */
  readonly folder: string;
  readonly evidence: readonly string[];
  /** The journal's length in lines, and the SHA-256 of its last line in hex. */
  readonly journal: JournalHead;
}

/** Makes the report of a run from its journal. */
export function reportOf(
  { run, runbook, incident, startedAt }: RunFile,
  { title, steps }: Runbook,
  all: readonly JournalEntry[],
  journal: JournalHead,
  folder: string,
  evidence: readonly string[],
): RunbookReport {
  const entries = entriesOf({ entries: all }, run);
  const begin = entries.find(({ event }) => event === "begin")?.facts ?? {};
  const end = entries.findLast(({ event }) => event === "end");
  const last = entries.at(-1)?.at ?? startedAt;
  const { steps: recorded, decisions } = recordedOf(entries);
  const finding = begin["finding"];
  return {
    kind: "RunbookReport",
    run,
    runbook,
    title,
    ...(incident === undefined ? {} : { incident }),
    outcome: (end?.what as RunbookReport["outcome"] | undefined) ?? "unfinished",
    author: String(begin["author"] ?? ""),
    startedAt,
    ...(end === undefined ? {} : { endedAt: end.at }),
    durationMs: Date.parse(last) - Date.parse(startedAt),
    ...(typeof finding === "string" ? { finding } : {}),
    inputs: Object.fromEntries(inputsIn(begin)),
    steps: steps.flatMap(({ name, kind, heading, undoOf }): readonly ReportedStep[] => {
      const seen = recorded.find((step) => step.name === name);
      if (seen === undefined && undoOf !== undefined) return [];
      const about = { name, kind, ...(heading === undefined ? {} : { heading }) };
      if (seen === undefined) return [{ ...about, state: "not-reached", attempts: 0 }];
      const { state, attempts, endedAt, what, result } = seen;
      const script = scriptOf(entries, name);
      const summary = what ?? result["summary"];
      return [
        {
          ...about,
          state,
          attempts,
          startedAt: seen.startedAt,
          ...(endedAt === undefined ? {} : { durationMs: Date.parse(endedAt) - Date.parse(seen.startedAt) }),
          ...(script === undefined ? {} : { script }),
          ...(typeof summary === "string" ? { summary } : {}),
          ...(typeof result["exit"] === "number" ? { exitCode: result["exit"] } : {}),
          ...(typeof result["output"] === "string" ? { output: result["output"] } : {}),
          ...(typeof result["sha256"] === "string" ? { sha256: result["sha256"] } : {}),
        },
      ];
    }),
    decisions,
    folder,
    evidence,
    journal,
  };
}

function scriptOf(entries: readonly JournalEntry[], name: string): string | undefined {
  const ran = entries.findLast(
    ({ stage, event, what }) => stage === name && (event === "change" || (event === "note" && what === "reads")),
  );
  const command = ran?.event === "change" ? ran.what : ran?.facts?.["command"];
  return typeof command === "string" ? command : undefined;
}
