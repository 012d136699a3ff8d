import type { TextView } from "../core/command.ts";
import { formatDuration } from "../core/duration.ts";
import { shell } from "../core/shell-words.ts";
import type { RotationFailure, SecretRotation } from "./rotation-report.ts";

/** Returns the plan if nothing was done yet, otherwise the result. */
export function rotationText(report: SecretRotation, view: Pick<TextView, "paint" | "wide">): string {
  return report.outcome === "pending" ? planText(report, view) : resultText(report, view);
}

function planText({ secret, key, does, regions }: SecretRotation, { paint }: Pick<TextView, "paint">): string {
  const what = does === "rotate" ? `a new value${key === undefined ? "" : ` for ${key}`}` : "the previous value";
  const lines = [`${paint("strong", secret)} gets ${what}.`];
  for (const { name, copy, externalSecrets, workloads } of regions) {
    lines.push(`  ${paint("strong", name)}${copy === "none" ? "" : ` (${copy})`}`);
    for (const { namespace, externalSecret, secret: target } of externalSecrets) {
      lines.push(`    sync     ExternalSecret ${namespace}/${externalSecret} → Secret ${target}`);
    }
    for (const workload of workloads) lines.push(`    restart  ${workload}`);
    if (externalSecrets.length === 0)
      lines.push(`    ${paint("dim", "no ExternalSecret reads it: what uses its value is unknown")}`);
  }
  return lines.join("\n");
}

function resultText(report: SecretRotation, { paint, wide }: Pick<TextView, "paint" | "wide">): string {
  const { secret, does, outcome, stages, failure, obstacle, findings } = report;
  const lines: string[] = [];
  for (const { title, outcome: ended, summary, durationMs } of stages) {
    if (ended === "not-reached" && !wide) continue;
    const mark = ended === "done" ? paint("good", "✔") : ended === "undone" ? paint("dim", "↩") : paint("bad", "✖");
    const says = ended === "done" ? "" : `: ${summary}`;
    lines.push(`${ended === "not-reached" ? " " : mark} ${title}${says} ${paint("dim", formatDuration(durationMs))}`);
  }
  for (const { region, subject, summary } of findings.filter(
    ({ id, severity }) => wide || severity === "unknown" || (id === "secrets/pods" && severity === "ok"),
  )) {
    lines.push(`  ${region === undefined ? "" : `${region} · `}${subject}: ${summary}`);
  }
  const verb = does === "rotate" ? "rotated" : "rolled back";
  if (outcome === "done") lines.push(`${paint("good", verb)}: ${secret}`);
  const left = failure?.code === "SECRET_SUPERSEDED" ? "keeps the value that another process set" : "is as before";
  if (outcome === "undone") lines.push(`${paint("bad", `not ${verb}`)}: ${secret} ${left}.`);
  if (outcome === "stuck") lines.push(`${paint("bad", "stuck")}: ${secret} could not be rolled back everywhere.`);
  if (outcome === "accepted")
    lines.push(`${paint("warn", "accepted")}: the unfinished run of ${secret} was ended in its current state.`);
  if (failure !== undefined) lines.push(...failureLines("because", failure, paint));
  if (obstacle !== undefined) {
    lines.push(...failureLines("and then", obstacle, paint));
  }
  lines.push(...holderLines(report, paint));
  if (outcome === "stuck" || outcome === "accepted") {
    const next = [shell`gennet secrets verify ${secret}`];
    if (outcome === "stuck") {
      next.push(shell`gennet secrets rotate ${secret} --resume  # tries the roll-back again`);
      next.push(shell`gennet secrets rollback ${secret} --accept  # ends the run in its current state`);
    }
    lines.push(...next.map((each) => `  ${paint("strong", "→")} ${each}`));
  }
  return lines.join("\n");
}

/** Lists each workload with its pods, grouped by the value that they hold. */
function holderLines({ holders = [] }: SecretRotation, paint: TextView["paint"]): string[] {
  const workloads = new Map<string, string[]>();
  const tones = { current: "good", previous: "warn", other: "bad", unknown: "unknown" } as const;
  for (const { region, workload, pod, holds } of holders) {
    const key = `${region} · ${workload}`;
    workloads.set(key, [...(workloads.get(key) ?? []), `${pod} ${paint(tones[holds], holds)}`]);
  }
  const lines = [...workloads].map(([name, pods]) => `  ${name}: ${pods.join(", ")}`);
  return lines.length === 0 ? [] : ["Running pods and the value that they hold, AWSCURRENT or AWSPREVIOUS:", ...lines];
}

function failureLines(word: string, { code, message, next }: RotationFailure, paint: TextView["paint"]): string[] {
  return [
    `${word}: ${message} ${paint("dim", `[${code}]`)}`,
    ...next.map((each) => `  ${paint("strong", "→")} ${each}`),
  ];
}
