import type { Context } from "../../context.ts";
import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import { shell } from "../../core/shell-words.ts";

/** How many findings of a check name their runbook: it is the same for all of them. */
const most = 3;

/** Adds to findings the command that runs their runbook. Without a finding to fix, no runbook is read. */
export async function withRunbooks(findings: readonly Finding[], context: Context): Promise<readonly Finding[]> {
  if (!findings.some(needsFix)) return findings;
  // Every `gennet status` imports this module, and few have a finding: the parsers are loaded only then.
  const [{ allRunbooks }, { findingName, runbookFor }] = await Promise.all([
    import("./library.run.ts"),
    import("../../runbooks/finding-values.ts"),
  ]);
  const runbooks = await allRunbooks(context).catch((error: unknown) => {
    // A folder that cannot be read must not hide what is unhealthy.
    if (error instanceof AppError) return [];
    throw error;
  });
  const places = await context.places();
  const config = context.options.config === undefined ? [] : ["--config", context.options.config];
  const named = new Map<string, number>();
  return findings.map((finding) => {
    const runbook = needsFix(finding) ? runbookFor(finding.id, runbooks) : undefined;
    const count = named.get(finding.id) ?? 0;
    if (runbook === undefined || count === most) return finding;
    named.set(finding.id, count + 1);
    const place = places.find(({ name }) => name === finding.region);
    const flags = place !== undefined && "context" in place ? ["--context", place.context] : config;
    const words = [runbook.id, "--from-finding", findingName(finding), ...flags];
    return { ...finding, runbook: shell`gennet runbook run ${words}` };
  });
}

/** A symptom is fixed by fixing its cause. */
function needsFix({ severity, cause }: Finding): boolean {
  return severity !== "ok" && severity !== "skip" && cause === undefined;
}
