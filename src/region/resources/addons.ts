import type { Addon } from "../../aws/eks/port.ts";
import { type AnyResource, asDesired, creation, ready } from "../../core/resource.ts";
import { ownTags, type RegionResource, type RegionWorld } from "../world.ts";
import { eksCluster } from "./eks-cluster.ts";

/** An EKS add-on in EKS's default version for the cluster. Outputs its name. */
export function addon(
  name: string,
  needs: readonly AnyResource<RegionWorld>[],
): RegionResource<Addon | undefined, string> {
  return {
    id: `addon-${name}`,
    title: `Add-on ${name}`,
    needs,
    read: async ({ world, signal }) => (await world.aws.service("eks")).addon(world.region.cluster, name, signal),
    diff: (actual) => (actual === undefined ? { operations: [creation(name)] } : asDesired),
    apply: async (_actual, { world, signal }) =>
      void (await (await world.aws.service("eks")).createAddon(world.region.cluster, name, ownTags(world), signal)),
    ready(actual) {
      if (actual?.status === "ACTIVE") return ready;
      if (actual?.status.endsWith("FAILED")) {
        return { state: "failed", reason: actual.issues.join("; ") || `EKS reports ${actual.status}` };
      }
      const issues = actual === undefined || actual.issues.length === 0 ? "" : ` (${actual.issues.join("; ")})`;
      return { state: "waiting", detail: `${actual?.status ?? "not visible yet"}${issues}` };
    },
    output: (actual) => actual?.name,
  };
}

/** Add-ons that nodes need to become ready and to give pods an identity; they run on every node. */
export const nodeAddons = ["vpc-cni", "kube-proxy", "eks-pod-identity-agent"].map((name) => addon(name, [eksCluster]));
