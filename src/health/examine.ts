import type { Check } from "../core/check.ts";
import type { Finding } from "../core/finding.ts";
import { runChecks, type RunChecksOptions } from "../core/run-checks.ts";
import { foldSymptoms } from "./fold-symptoms.ts";
import type { HealthContext } from "./health-context.ts";

/** A region of gennet.yaml, or a kubeconfig context. */
export interface PlaceName {
  readonly name: string;
  readonly awsRegion?: string | undefined;
  readonly context?: string | undefined;
}

/** A place, its findings, and what was read for them: reports are built from this. */
export interface Examined {
  readonly place: PlaceName;
  readonly health: HealthContext;
  readonly findings: readonly Finding[];
  readonly durationMs: number;
}

/** Runs all checks on one place. */
export async function examine(
  place: PlaceName,
  health: HealthContext,
  checks: readonly Check<HealthContext>[],
  options: Omit<RunChecksOptions<HealthContext>, "context" | "region">,
): Promise<Examined> {
  const startedAt = options.now();
  const findings = foldSymptoms(await runChecks(checks, { ...options, context: health, region: place.name }));
  return { place, health, findings, durationMs: options.now() - startedAt };
}
