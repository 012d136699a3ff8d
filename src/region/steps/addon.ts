import type { Addon } from "../../aws/port.ts";
import { type AnyStep, nothing, ready } from "../../core/step.ts";
import { ownTags, type RegionStep, type World } from "../world.ts";

/** An EKS add-on in the version EKS holds for the cluster's default. Gives its name. */
export function addon(name: string, needs: readonly AnyStep<World>[]): RegionStep<Addon | undefined, string> {
  return {
    id: `addon-${name}`,
    title: `Add-on ${name}`,
    scope: "region",
    needs,
    read: async ({ world, signal }) => (await world.aws.eks()).addon(world.region.cluster, name, signal),
    diff: (actual) => (actual === undefined ? { action: "create", summary: name, details: [] } : nothing),
    apply: async (_actual, { world, signal }) =>
      void (await (await world.aws.eks()).createAddon(world.region.cluster, name, ownTags(world), signal)),
    ready(actual) {
      if (actual?.status === "ACTIVE") return ready;
      if (actual?.status.endsWith("FAILED")) {
        return { state: "failed", reason: actual.issues.join("; ") || `EKS says ${actual.status}` };
      }
      const issues = actual === undefined || actual.issues.length === 0 ? "" : ` (${actual.issues.join("; ")})`;
      return { state: "waiting", detail: `${actual?.status ?? "not visible yet"}${issues}` };
    },
    output: (actual) => actual?.name,
  };
}
