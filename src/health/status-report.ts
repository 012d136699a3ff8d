import type { Check } from "../core/check.ts";
import { exitOf, type Finding } from "../core/finding.ts";
import type { Exit } from "../core/exit.ts";
import { runChecks, type RunChecksOptions } from "../core/run-checks.ts";
import { foldSymptoms } from "./fold-symptoms.ts";
import { glanceOf, type RegionGlance } from "./glance.ts";
import type { HealthContext } from "./health-context.ts";

/** What `gennet status` answers. */
export interface StatusReport {
  readonly kind: "StatusReport";
  /** The name in gennet.yaml; absent where only contexts were looked at. */
  readonly platform?: string;
  /** RFC 3339, UTC. */
  readonly generatedAt: string;
  readonly regions: readonly RegionGlance[];
  readonly findings: readonly Finding[];
}

export interface ExaminedRegion {
  readonly glance: RegionGlance;
  readonly findings: readonly Finding[];
}

/** Asks all checks about one place, and takes the glance from what they read on the way. */
export async function examine(
  place: Pick<RegionGlance, "name" | "awsRegion" | "context">,
  context: HealthContext,
  checks: readonly Check<HealthContext>[],
  options: Omit<RunChecksOptions<HealthContext>, "context" | "region">,
): Promise<ExaminedRegion> {
  const startedAt = options.now();
  const findings = foldSymptoms(await runChecks(checks, { ...options, context, region: place.name }));
  const glance = { ...place, ...glanceOf(context, findings), durationMs: options.now() - startedAt };
  return { glance, findings };
}

export function exitOfReport(report: StatusReport, strict: boolean): Exit {
  return exitOf(report.findings, strict);
}
