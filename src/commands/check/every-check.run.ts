import { catalogFacts } from "../../catalog/catalog-facts.ts";
import type { Check } from "../../core/check.ts";
import { machineChecks, placeChecks } from "../../doctor/index.ts";
import { healthChecks } from "../../health/index.ts";
import { lintFacts } from "../../lint/index.ts";
import { preflightChecks } from "../../region/preflight/index.ts";
import { regionStatusChecks } from "../../region/status/index.ts";
import { readinessChecks } from "../../region/upgrade/readiness/index.ts";
import { platformRegions } from "../../platform/review.ts";

export const doctorChecks: readonly Check<never>[] = [...machineChecks, ...placeChecks];

/** Returns every check and rule of every command. */
export const checks: readonly Pick<Check<never>, "id" | "title" | "explain" | "needs">[] = [
  ...healthChecks,
  ...doctorChecks,
  ...lintFacts,
  ...Object.values(catalogFacts),
  platformRegions,
  ...preflightChecks,
  ...regionStatusChecks,
  ...readinessChecks,
];
