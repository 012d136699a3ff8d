import type { Severity } from "../../src/core/finding.ts";
import { upgradeReadiness } from "../../src/region/upgrade/readiness/index.ts";
import type { UpgradeStep } from "../../src/region/upgrade/upgrade-step.ts";
import type { RegionWorld } from "../../src/region/world.ts";
import { bootstrapped } from "./bootstrapped-region.ts";
import { type OneRegion, oneRegion, type RegionInput } from "./one-region.ts";

const { signal } = new AbortController();

/** A region with Kubernetes 1.34 that is asked whether it is ready for another version. */
export interface ReadinessTrial extends Pick<OneRegion, "cloud" | "kube"> {
  readonly world: RegionWorld;
  /** Returns the findings of a check that are of these severities, as `severity subject: summary`. */
  findings(id: string, step?: Partial<UpgradeStep>, severities?: readonly Severity[]): Promise<readonly string[]>;
  /** Returns what these findings propose. */
  fixes(id: string, step?: Partial<UpgradeStep>): Promise<readonly string[]>;
}

export const rollback = { from: "1.34", to: "1.33", kind: "rollback" } as const;

export async function readinessTrial(more: RegionInput = {}): Promise<ReadinessTrial> {
  const { cloud, kube, ...eu } = oneRegion();
  const world = eu.world({ kubernetes: { version: "1.34" }, ...more });
  await bootstrapped([world]);
  const asked = (id: string, step: Partial<UpgradeStep> = {}) =>
    upgradeReadiness(world, { from: "1.34", to: "1.35", kind: "upgrade", ...step }, signal).then((all) =>
      all.filter((finding) => finding.id === id),
    );
  return {
    cloud,
    kube,
    world,
    async findings(id, step, severities = ["warn", "fail", "unknown"]) {
      const found = (await asked(id, step)).filter(({ severity }) => severities.includes(severity));
      return found.map(({ severity, subject, summary }) => `${severity} ${subject}: ${summary}`);
    },
    async fixes(id, step) {
      return (await asked(id, step)).flatMap(({ fix }) => fix ?? []);
    },
  };
}
