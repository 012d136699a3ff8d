import type { EksCluster } from "../../aws/eks/port.ts";
import { differenceOf } from "../../core/compare-fields.ts";
import { asDesired, blocked, type Difference, ready, type ResourceContext } from "../../core/resource.ts";
import { kubernetesVersion } from "../kubernetes-version.ts";
import { adoption } from "../adoption.ts";
import { failureOf, waitingFor } from "../eks-health.ts";
import { owned, ownTags, type RegionResource, type RegionWorld } from "../world.ts";
import { autoModePolicies } from "./auto-mode-policies.ts";
import { changesOf, desiredSettings, desiredCluster, immutableSettings, settingsOf } from "./cluster-settings.ts";
import { formerSubnets } from "./former-subnets.ts";
import { kmsKey } from "./kms-key.ts";
import { withZoneIds } from "./offered-zones.ts";
import { clusterRole, nodeRole } from "./roles.ts";
import { privateRoutes, publicRoutes } from "./route-table.ts";
import { subnets } from "./subnets.ts";
import { vpc } from "./vpc.ts";

interface Actual {
  readonly cluster: EksCluster | undefined;
  /** The version for a new cluster. */
  readonly version: string;
  /** What runs in AWS for the cluster, and keeps it from being deleted; only read to remove the cluster. */
  readonly capabilities: readonly string[];
  /** The log group that EKS made for the control plane; only read to remove the cluster. */
  readonly logGroup?: string | undefined;
}

/** The EKS control plane. Outputs the cluster as EKS describes it, once it is active. */
export const eksCluster: RegionResource<Actual, EksCluster> = {
  id: "cluster",
  title: "EKS cluster",
  needs: [clusterRole, autoModePolicies, nodeRole, kmsKey, vpc, subnets, formerSubnets, publicRoutes, privateRoutes],
  // AWS documents 10 to 15 minutes.
  patienceMs: 40 * 60_000,
  async read({ world, signal, removing }) {
    const eks = await world.aws.service("eks");
    const { cluster: name } = world.region;
    const cluster = await eks.cluster(name, signal);
    const own = cluster && owned(cluster, `cluster "${cluster.name}"`, world);
    if (removing === true) {
      const capabilities = await eks.capabilities(name, signal);
      const logs = await (await world.aws.service("logs")).logGroup(logGroupOf(name), signal);
      return { cluster: own, version: own?.version ?? "", capabilities, logGroup: logs?.name };
    }
    const version = own?.version ?? kubernetesVersion(world.region) ?? (await eks.defaultVersion(signal));
    return { cluster: own, version, capabilities: [] };
  },
  diff: (actual, at) => differenceFrom(actual, at),
  async apply(seen, at) {
    const { world, signal } = at;
    const eks = await world.aws.service("eks");
    if (seen.cluster === undefined) {
      const request = { ...desiredCluster(seen.version, at), tags: ownTags(world) };
      await eks.createCluster(request, signal).catch(async (error: unknown) => {
        throw await withZoneIds(error, at);
      });
      return;
    }
    // What an earlier run began may be all that is missing, and EKS rejects a change to what is there already.
    const actual = isBusy(seen.cluster) ? await settled(at) : seen;
    if (actual.cluster === undefined) return;
    const changed = differenceFrom(actual, at).operations.map(({ field = "" }) => field);
    for (const change of changesOf(changed, actual.cluster, at)) {
      await eks.updateCluster(actual.cluster.name, change, signal);
    }
  },
  ready({ cluster }) {
    if (cluster?.status === "ACTIVE") return ready;
    return cluster?.status === "FAILED" ? failureOf(cluster) : waitingFor(cluster);
  },
  adoption: adoption({
    kind: "cluster",
    found: ({ cluster }) => cluster,
    tag: async ({ cluster }, tags, world, signal) =>
      (await world.aws.service("eks")).tag(cluster?.arn ?? "", tags, signal),
  }),
  // A cluster is usable while it is being updated, but not while it is being created or deleted.
  output({ cluster }) {
    const usable = cluster?.status === "ACTIVE" || cluster?.status === "UPDATING";
    return usable && cluster.endpoint !== undefined ? cluster : undefined;
  },
  removal: {
    diff({ cluster, capabilities }) {
      if (cluster === undefined || cluster.status === "DELETING") return asDesired;
      const { name } = cluster;
      return {
        operations: [
          ...(isLocked(cluster)
            ? differenceOf(name, settingsOf(cluster), { "deletion protection": false }).operations
            : []),
          ...capabilities.map((each) => ({ verb: "delete", target: `capability ${each}` }) as const),
          { verb: "delete", target: name },
        ],
      };
    },
    async apply({ cluster, capabilities }, { world, signal }) {
      if (cluster === undefined) return;
      const eks = await world.aws.service("eks");
      if (isLocked(cluster)) {
        await eks.updateCluster(cluster.name, { change: "deletion protection", on: false }, signal);
      }
      for (const capability of capabilities) {
        await eks.deleteCapability(cluster.name, capability, signal);
        await eks.settled(cluster.name, { capability }, signal);
      }
      await eks.deleteCluster(cluster.name, signal);
    },
    gone: ({ cluster }) => (cluster === undefined ? ready : waitingFor(cluster)),
    keeps: ({ logGroup }) => (logGroup === undefined ? [] : [`log group ${logGroup} of the control plane`]),
  },
};

function differenceFrom({ cluster, version }: Actual, at: ResourceContext<RegionWorld>): Difference {
  const { region } = at.world;
  const target = region.cluster;
  if (cluster?.status === "DELETING") return blocked("it is being deleted: run this again when it is gone");
  if (cluster?.status === "FAILED") {
    const { reason } = failureOf(cluster);
    return blocked(reason, [], [deletionOf(cluster)]);
  }
  if (cluster !== undefined && cluster.vpcId !== at.output(vpc)) {
    return blocked(
      `it is in ${cluster.vpcId}, which is not the VPC of the region, and cannot move: choose another name for the cluster in gennet.yaml`,
    );
  }
  const actual = cluster && settingsOf(cluster, at);
  // Only an upgrade changes the version of a cluster.
  const desired = desiredSettings(cluster?.version ?? version, at, cluster);
  return differenceOf(target, actual, desired, immutableSettings(cluster));
}

/** https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html */
function logGroupOf(cluster: string): string {
  return `/aws/eks/${cluster}/cluster`;
}

/** EKS changes nothing of a cluster that failed. */
function deletionOf({ name, arn }: EksCluster): string {
  return `aws eks delete-cluster --name ${name} --region ${arn.split(":")[3]}  # then run this again`;
}

/** EKS makes no update of a cluster that failed, so its protection cannot be lifted. */
function isLocked({ deletionProtection, status }: EksCluster): boolean {
  return deletionProtection && status !== "FAILED";
}

function isBusy({ status }: EksCluster): boolean {
  return status !== "ACTIVE";
}

async function settled(at: ResourceContext<RegionWorld>): Promise<Actual> {
  const eks = await at.world.aws.service("eks");
  await eks.settled(at.world.region.cluster, undefined, at.signal);
  return eksCluster.read(at);
}
