import type { TextView } from "../../core/command.ts";
import type { Finding } from "../../core/finding.ts";
import { findingMarks } from "../bootstrap-text.ts";
import { isPreflight } from "./preflight.ts";

/** Returns what AWS says of what the plan creates in a region; with `wide`, also what is fine and what is not known. */
export function preflightLines(
  region: string,
  findings: readonly Finding[],
  { paint, wide }: Pick<TextView, "paint" | "wide">,
): readonly string[] {
  const own = findings.filter((finding) => finding.region === region && isPreflight(finding));
  const shown = own.filter(({ severity }) => wide || (severity !== "ok" && severity !== "skip"));
  return shown.flatMap(({ id, severity, subject, summary, fix }) => {
    const { mark, tone } = findingMarks[severity];
    const line = `  ${paint(tone, mark)} ${subject}: ${summary} ${paint("dim", `[${id}]`)}`;
    return fix === undefined || severity === "ok" ? [line] : [line, `      ${paint("strong", "→")} ${fix}`];
  });
}
