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

/** A place, what there is to say about it, and what was read on the way: reports are made of these. */
export interface Examined {
  readonly place: PlaceName;
  readonly health: HealthContext;
  readonly findings: readonly Finding[];
  readonly durationMs: number;
}

/** Asks all checks about one place. */
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
