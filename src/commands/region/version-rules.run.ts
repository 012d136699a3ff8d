import type { Context } from "../../context.ts";
import { AppError } from "../../core/error.ts";
import { mapBounded } from "../../core/bounded.ts";
import type { Finding } from "../../core/finding.ts";
import type { Gate } from "../../core/gate.ts";
import { nodeId } from "../../core/resource-graph.ts";
import { gotNoAnswer } from "../../core/transient.ts";
import { unknownBecause } from "../../core/run-checks.ts";
import { firstStep, foreseenVersion, type PlannedVersion } from "../../region/upgrade/change-version.ts";
import { assertNothingInTheWay } from "../../region/upgrade/control-plane.ts";
import { upgradeReadiness } from "../../region/upgrade/readiness/index.ts";
import type { UpgradeRules } from "../../region/upgrade/upgrade-step.ts";
import type { VersionPreview } from "../../region/upgrade/upgrade-text.ts";
import { planVersion, type RegionPlan } from "../../region/region-plan.ts";
import type { RegionWorld } from "../../region/world.ts";
import { checksGate } from "../check/checks-gate.run.ts";

/** Returns the rules of a run that changes the version of a region. */
export function versionRules(
  world: RegionWorld,
  { bake, gate }: { readonly bake: number; readonly gate: readonly string[] },
  context: Context,
): UpgradeRules {
  const { host, emit } = context;
  return {
    bakeMs: bake,
    acting: {
      clock: host.clock,
      health: healthOf(world, gate, context),
      readiness: upgradeReadiness,
      waiting: (region, resource, detail) =>
        emit({ type: "task", id: nodeId(region, resource), state: "running", detail }),
    },
  };
}

/** The checks of `gennet status` in a region, once it is certain that its kubeconfig context is the region's cluster. */
function healthOf({ region, cluster }: RegionWorld, patterns: readonly string[], context: Context): Gate {
  const checks = checksGate(patterns, { name: region.name, region }, undefined, context);
  return {
    id: checks.id,
    async evaluate(signal) {
      try {
        await cluster();
        return await checks.evaluate(signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof AppError) || !gotNoAnswer(error)) throw error;
        const about = { id: "upgrade/reachable", region: region.name, subject: `region ${region.name}` };
        return { answer: "unknown", findings: [{ ...about, ...unknownBecause(error) }] };
      }
    },
  };
}

/** How many regions are read at once. */
export const regionsAtOnce = 4;

/** Returns the steps of all regions, and what is in the way of the first ones. */
export async function previewOf(planned: readonly PlannedVersion[], signal: AbortSignal): Promise<VersionPreview> {
  const asked = await mapBounded(planned, regionsAtOnce, async (each): Promise<readonly Finding[]> => {
    const step = firstStep(each);
    const readiness = step === undefined ? [] : await upgradeReadiness(each.seen, step, signal);
    return [...foreseenVersion(each).findings, ...readiness];
  });
  return { plan: planOf(planned), findings: asked.flat() };
}

/** Returns the steps of all regions. */
export function planOf(planned: readonly PlannedVersion[]): RegionPlan {
  return { kind: "RegionPlan", planVersion, regions: planned.flatMap(({ plan }) => plan.regions), findings: [] };
}

/** Throws REGION_NOT_READY or REGION_READINESS_UNKNOWN if something is in the way in one of the regions. */
export function assertAllReady(planned: readonly PlannedVersion[], { findings }: VersionPreview): void {
  for (const { world, route } of planned) {
    const { name } = world.region;
    assertNothingInTheWay(
      name,
      route,
      findings.filter(({ region }) => region === name),
    );
  }
}
