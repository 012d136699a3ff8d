import type { Paint, TextView, Tone } from "../../core/command.ts";
import { runningKinds } from "../format/runbook.ts";
import type { RanStep, RunbookRun } from "./runbook-run.ts";

const marks: Readonly<Record<RanStep["state"], readonly [mark: string, tone: Tone]>> = {
  done: ["✔", "good"],
  failed: ["✖", "bad"],
  stuck: ["✖", "bad"],
  undone: ["↩", "warn"],
  entered: ["…", "warn"],
  skipped: ["-", "dim"],
  "not-reached": ["-", "dim"],
  planned: ["•", "strong"],
};

const closings: Readonly<Record<RunbookRun["outcome"], (paint: Paint) => string>> = {
  done: (paint) => paint("good", "finished"),
  failed: (paint) => paint("bad", "failed; the run can be resumed"),
  stopped: (paint) => paint("warn", "stopped; the run can be resumed"),
  over: (paint) => paint("warn", "ended by an answer"),
  undone: (paint) => paint("warn", "undone"),
  stuck: (paint) => paint("bad", "could not be undone; the run can be resumed"),
  accepted: (paint) => paint("warn", "ended as it is"),
  planned: (paint) => paint("dim", "nothing was run"),
};

export function runText({ title, steps, outcome, next, run }: RunbookRun, { paint }: TextView): string {
  const lines = steps.map(({ name, kind, state, summary, command, changes, safe }) => {
    const [mark, tone] = marks[state];
    const says = summary === undefined ? "" : `: ${summary}`;
    const isAsking = state === "planned" && (changes || kind === "approve" || kind === "ask");
    const asks = isAsking ? paint("dim", safe ? " (asks, or --yes)" : " (asks)") : "";
    const sign = runningKinds.includes(kind) ? `${paint("dim", "$")} ` : "";
    const shown = state !== "planned" || command === undefined ? [] : [`    ${sign}${command}`];
    return [`${paint(tone, mark)} ${name}${says}${asks}`, ...shown].join("\n");
  });
  const about = run === undefined ? "" : paint("dim", ` (run ${run})`);
  return [
    paint("strong", title) + about,
    "",
    ...lines,
    "",
    closings[outcome](paint),
    ...next.map((command) => `  ${paint("dim", "→")} ${command}`),
  ].join("\n");
}
