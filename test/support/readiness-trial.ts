import { platformSchema, type Region } from "../../src/platform/schema.ts";
import type { Severity } from "../../src/core/finding.ts";
import { upgradeReadiness } from "../../src/region/upgrade/readiness/index.ts";
import type { UpgradeStep } from "../../src/region/upgrade/upgrade-step.ts";
import type { RegionWorld } from "../../src/region/world.ts";
import { bootstrapped } from "./bootstrapped-region.ts";
import { type MemoryAws, memoryAws } from "./memory-aws.ts";
import { type MemoryCluster, memoryCluster } from "./memory-cluster.ts";

const target = { name: "eu", awsRegion: "eu-west-1", accountId: "111122223333" };
const { signal } = new AbortController();

/** A region with Kubernetes 1.34 that is asked whether it is ready for another version. */
export interface ReadinessTrial {
  readonly cloud: MemoryAws;
  readonly kube: MemoryCluster;
  readonly world: RegionWorld;
  /** Returns the findings of a check that are of these severities, as `severity subject: summary`. */
  findings(id: string, step?: Partial<UpgradeStep>, severities?: readonly Severity[]): Promise<readonly string[]>;
  /** Returns what these findings propose. */
  fixes(id: string, step?: Partial<UpgradeStep>): Promise<readonly string[]>;
}

export const rollback = { from: "1.34", to: "1.33", kind: "rollback" } as const;

export async function readinessTrial(more: Readonly<Record<string, unknown>> = {}): Promise<ReadinessTrial> {
  const cloud = memoryAws(target);
  const kube = memoryCluster("eu");
  const region = { ...target, cluster: "acme-eu", kubernetes: { version: "1.34" }, ...more };
  const platform = platformSchema.parse({ name: "acme", domain: "acme.example", regions: [region] });
  const world = { platform, region: platform.regions[0] as Region, aws: cloud.aws, cluster: async () => kube.cluster };
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
