import type { AccessEntry } from "../../aws/eks/port.ts";
import type { CallerIdentity } from "../../aws/sts/port.ts";
import { AppError } from "../../core/error.ts";
import { type ResourceContext, asDesired, creation, ready, update } from "../../core/resource.ts";
import { ownTags, type RegionResource, type RegionWorld } from "../world.ts";
import { eksCluster } from "./eks-cluster.ts";
import { partitionOf } from "../../core/arn.ts";

interface Actual {
  readonly principalArn: string;
  readonly entry: AccessEntry | undefined;
  /** Whether the API server accepts the caller: access entries take a few seconds to take effect. */
  readonly admitted: boolean;
}

/** Makes the caller an administrator of the cluster. Outputs the caller's ARN once access is in effect. */
export const accessEntry: RegionResource<Actual, string> = {
  id: "access-entry",
  title: "Access entry of the caller",
  needs: [eksCluster],
  patienceMs: 5 * 60_000,
  async read(at) {
    const { world, signal } = at;
    const principalArn = await principalOf(await world.aws.identity(signal), world, signal);
    if (at.output(eksCluster) === undefined) return { principalArn, entry: undefined, admitted: false };
    const entry = await (await world.aws.service("eks")).accessEntry(world.region.cluster, principalArn, signal);
    // What is removed does not need the API server, which may be gone already.
    const admitted = entry !== undefined && at.removing !== true && (await isAdmitted(at));
    return { principalArn, entry, admitted };
  },
  diff({ principalArn, entry }, { world }) {
    const policy = "AmazonEKSClusterAdminPolicy";
    if (entry === undefined) return { operations: [creation(principalArn, { policies: [policy] })] };
    if (entry.clusterPolicies.includes(adminPolicy(world))) return asDesired;
    return { operations: [update(principalArn, "policies", policy)] };
  },
  async apply({ principalArn, entry }, { world, signal }) {
    const eks = await world.aws.service("eks");
    const { cluster } = world.region;
    if (entry === undefined) await eks.createAccessEntry(cluster, principalArn, ownTags(world), signal);
    await eks.associatePolicy(cluster, principalArn, adminPolicy(world), signal);
  },
  ready: ({ admitted }) => (admitted ? ready : { state: "waiting", detail: "not in effect yet" }),
  output: ({ admitted, principalArn }) => (admitted ? principalArn : undefined),
};

/**
 * Returns the principal for the access entry: a role with its path. STS returns a session of the role, without the
 * path.
 */
async function principalOf({ arn }: CallerIdentity, world: RegionWorld, signal: AbortSignal): Promise<string> {
  const [, partition, account, name] = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  if (name === undefined) return arn;
  const role = await (await world.aws.service("iam")).role(name, signal);
  return role?.arn ?? `arn:${partition}:iam::${account}:role/${name}`;
}

async function isAdmitted({ world, signal }: ResourceContext<RegionWorld>): Promise<boolean> {
  const cluster = await world.cluster();
  try {
    await cluster.get({ apiVersion: "v1", kind: "Namespace", name: "kube-system" }, signal);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === "KUBE_DENIED") return false;
    throw error;
  }
}

function adminPolicy(world: RegionWorld): string {
  const partition = partitionOf(world.region.awsRegion);
  return `arn:${partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`;
}
