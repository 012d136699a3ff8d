import { formatDuration } from "../../core/duration.ts";
import { markdownCode, markdownFence, markdownProse } from "../../core/markdown-escape.ts";
import type { ReportedStep, RunbookReport } from "./run-report.ts";

const outcomes: Readonly<Record<RunbookReport["outcome"], string>> = {
  done: "finished",
  undone: "undone",
  stopped: "stopped by an answer",
  accepted: "ended as it was",
  unfinished: "unfinished",
};

/** Writes a report as Markdown, to paste into a post-mortem. */
export function reportText(report: RunbookReport): string {
  const { title, runbook, run, incident, outcome, author, startedAt, durationMs, finding, inputs, journal } = report;
  const values = Object.entries(inputs).map(([name, value]) => `${markdownCode(name)}: ${markdownCode(value)}`);
  const facts = [
    ["Runbook", `${markdownProse(title)} (${markdownCode(runbook)})`],
    ["Run", markdownCode(run)],
    ["Incident", incident === undefined ? "" : markdownProse(incident)],
    ["Started", `${time(startedAt)} by ${markdownProse(author)}`],
    ["Outcome", `${outcomes[outcome]} after ${formatDuration(durationMs)}`],
    ["Finding", finding === undefined ? "" : markdownProse(finding)],
    ["Inputs", values.join(", ")],
  ].filter(([, value]) => value !== "");
  return [
    `# ${markdownProse(incident ?? title)}`,
    facts.map(([name, value]) => `- **${name}:** ${value}`).join("\n"),
    "## Timeline",
    timeline(report),
    ...(report.decisions.length === 0 ? [] : ["## Decisions", decisions(report)]),
    "## Steps",
    ...report.steps.filter(({ state }) => state !== "not-reached").map(stepText),
    "## Evidence",
    evidence(report),
    `The journal of this run has ${journal.length} lines. The SHA-256 of its last line is ${markdownCode(journal.hash)}.`,
  ].join("\n\n");
}

function timeline({ steps }: RunbookReport): string {
  const byStart = steps.toSorted((one, other) => (one.startedAt ?? "z").localeCompare(other.startedAt ?? "z"));
  const rows = byStart.map(({ name, heading = "", state, startedAt, durationMs, summary = "" }) =>
    [
      startedAt === undefined ? "" : time(startedAt),
      durationMs === undefined ? "" : formatDuration(durationMs),
      [markdownCode(name), markdownProse(heading)].filter((part) => part !== "").join(" "),
      state,
      markdownProse(oneCell(summary)),
    ].join(" | "),
  );
  return ["Started | Took | Step | Result | What happened", "--- | --- | --- | --- | ---", ...rows]
    .map((row) => `| ${row} |`)
    .join("\n");
}

function decisions({ decisions: all }: RunbookReport): string {
  return all
    .map(
      ({ at, step, question, answer, author }) =>
        `- ${time(at)}, ${markdownCode(step)}: ${markdownProse(oneCell(question))} **${markdownProse(oneCell(answer))}** (${markdownProse(author)})`,
    )
    .join("\n");
}

function stepText({ name, script, attempts, exitCode, output, sha256 }: ReportedStep): string {
  const facts = [
    attempts > 1 ? `${attempts} attempts` : "",
    exitCode === undefined ? "" : `exit code ${exitCode}`,
    output === undefined
      ? ""
      : `output in ${markdownCode(output)}${sha256 === undefined ? "" : ` (SHA-256 ${markdownCode(sha256)})`}`,
  ].filter((part) => part !== "");
  return [
    `### ${markdownCode(name)}`,
    ...(script === undefined ? [] : [markdownFence(script)]),
    ...(facts.length === 0 ? [] : [facts.join(", ")]),
  ].join("\n\n");
}

function evidence({ folder, evidence: files }: RunbookReport): string {
  if (files.length === 0) return "No files were kept.";
  return [`In ${markdownCode(folder)}:`, "", ...files.map((name) => `- ${markdownCode(name)}`)].join("\n");
}

/** To the second, in UTC. */
function time(at: string): string {
  return at.replace("T", " ").replace(/\.\d+Z$/, "Z");
}

function oneCell(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, " ");
}
