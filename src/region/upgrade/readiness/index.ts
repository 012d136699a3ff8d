import { AppError } from "../../../core/error.ts";
import { exit } from "../../../core/exit.ts";
import { type Finding, withoutDuration } from "../../../core/finding.ts";
import { runChecks } from "../../../core/run-checks.ts";
import type { RegionWorld } from "../../world.ts";
import type { UpgradeStep } from "../upgrade-step.ts";
import { addonVersions } from "./addon-versions.ts";
import { addresses } from "./addresses.ts";
import { budgets } from "./budgets.ts";
import { insights } from "./insights.ts";
import { nodePools } from "./node-pools.ts";
import { nodeVersions } from "./node-versions.ts";
import { pods } from "./pods.ts";
import { type ReadinessCheck, readinessContext } from "./readiness-context.ts";
import { removedApis } from "./removed-apis.ts";
import { targetVersion } from "./target-version.ts";

/** What is asked before the Kubernetes version of a cluster changes. */
export const readinessChecks: readonly ReadinessCheck[] = [
  targetVersion,
  insights,
  removedApis,
  nodeVersions,
  addonVersions,
  addresses,
  budgets,
  pods,
  nodePools,
];

/**
 * Asks AWS and the cluster what would block a step, and changes nothing but the time of EKS's insights.
 * What could not be found out is `unknown`, whatever the reason.
 */
export async function upgradeReadiness(
  world: RegionWorld,
  step: UpgradeStep,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const context = readinessContext(world, step, signal);
  const region = world.region.name;
  const checks = readinessChecks.map(orUnknown);
  // A plan is the same every time, so its findings do not contain how long a check took.
  const findings = await runChecks(checks, { context, region, now: () => 0, signal });
  return findings.map(withoutDuration);
}

/** A question that AWS or the API server rejects has no answer; the other questions have. */
function orUnknown(check: ReadinessCheck): ReadinessCheck {
  return {
    ...check,
    async run(context, signal) {
      try {
        return await check.run(context, signal);
      } catch (error) {
        if (!(error instanceof AppError) || error.exit !== exit.unhealthy) throw error;
        const [fix] = error.next;
        const about = { id: check.id, subject: check.title, summary: error.message };
        return [{ ...about, severity: "unknown", ...(fix === undefined ? {} : { fix }) }];
      }
    },
  };
}
