import type { AccessEntry, Eks } from "../../aws/eks/port.ts";
import type { CallerIdentity } from "../../aws/sts/port.ts";
import { partitionOf } from "../../core/arn.ts";
import { AppError } from "../../core/error.ts";
import { hasTags } from "../../core/has-tags.ts";
import { blocked, creation, ready, type ResourceContext, update } from "../../core/resource.ts";
import { deletions } from "../differences.ts";
import { ownTags, type RegionResource, type RegionWorld } from "../world.ts";
import { eksCluster } from "./eks-cluster.ts";

interface Administrator {
  readonly principalArn: string;
  readonly entry: AccessEntry | undefined;
}

interface Actual {
  readonly caller: string;
  readonly administrators: readonly Administrator[];
  /** Those that gennet made administrators, and gennet.yaml does not list any more. */
  readonly former: readonly string[];
  /** Whether the API server accepts the caller: access entries take a few seconds to take effect. */
  readonly admitted: boolean;
  readonly hasCluster: boolean;
}

/** Whether the caller can use the API server. */
export interface ClusterAccess {
  readonly caller: string;
  /** False if the API server rejects the caller, who gets no access entry. */
  readonly admitted: boolean;
}

export const adminPolicyName = "AmazonEKSClusterAdminPolicy";

/**
 * The administrators of the cluster: those in gennet.yaml or, without a list, the caller who creates it. One who is taken
 * off the list loses the access that gennet gave, unless that is the caller, who would be denied in the middle of the
 * run. Outputs the caller's access, once it is known.
 */
export const accessEntry: RegionResource<Actual, ClusterAccess> = {
  id: "access-entry",
  title: "Administrators of the cluster",
  needs: [eksCluster],
  inCluster: true,
  patienceMs: 5 * 60_000,
  async read(at) {
    const { world, signal } = at;
    const caller = await principalOf(await world.aws.identity(signal), world, signal);
    const { administrators: listed } = world.region.kubernetes;
    const hasCluster = at.output(eksCluster) !== undefined;
    const unknown = (listed ?? [caller]).map((principalArn) => ({ principalArn, entry: undefined }));
    if (!hasCluster) return { caller, administrators: unknown, former: [], admitted: false, hasCluster };
    const eks = await world.aws.service("eks");
    const own = await eks.accessEntry(world.region.cluster, caller, signal);
    const { administrators, former } =
      listed === undefined
        ? { administrators: await creatorOf({ principalArn: caller, entry: own }, eks, at), former: [] }
        : listedAmong(listed, await eks.accessEntries(world.region.cluster, signal), caller, world);
    // What is removed does not need the API server, which may be gone already.
    const admitted = own !== undefined && at.removing !== true && (await isAdmitted(at));
    return { caller, administrators, former, admitted, hasCluster };
  },
  diff(actual, { world }) {
    const missing = actual.administrators.flatMap(({ principalArn, entry }) => {
      if (entry === undefined) return [creation(principalArn, { policies: [adminPolicyName] })];
      return isAdmin(entry, world) ? [] : [update(principalArn, "policies", adminPolicyName)];
    });
    const operations = [...missing, ...deletions(actual.former).operations];
    if (operations.length > 0 || !isShutOut(actual)) return { operations };
    return blocked(
      `${actual.caller} has no access entry for the cluster, so what is in it is unknown: let an administrator of the cluster run this, or add the caller to kubernetes.administrators in gennet.yaml`,
    );
  },
  async apply({ administrators, former }, { world, signal }) {
    const eks = await world.aws.service("eks");
    const { cluster } = world.region;
    for (const { principalArn, entry } of administrators) {
      if (entry === undefined) await eks.createAccessEntry(cluster, principalArn, ownTags(world), signal);
      if (!isAdmin(entry, world)) await eks.associatePolicy(cluster, principalArn, adminPolicy(world), signal);
    }
    for (const principalArn of former) await eks.deleteAccessEntry(cluster, principalArn, signal);
  },
  ready: (actual) => (actual.admitted || isShutOut(actual) ? ready : { state: "waiting", detail: "not in effect yet" }),
  output(actual) {
    const { caller, admitted } = actual;
    return admitted || isShutOut(actual) ? { caller, admitted } : undefined;
  },
};

/** Whether the API server rejects the caller, and will: the caller is not one of the administrators. */
function isShutOut({ caller, administrators, admitted, hasCluster }: Actual): boolean {
  const isListed = administrators.some(({ principalArn }) => principalArn === caller);
  return hasCluster && !admitted && !isListed;
}

/** Returns the entries of the administrators in gennet.yaml, and those that gennet made for others. */
function listedAmong(
  listed: readonly string[],
  entries: readonly AccessEntry[],
  caller: string,
  world: RegionWorld,
): Pick<Actual, "administrators" | "former"> {
  const others = entries.filter(({ principalArn }) => principalArn !== caller && !listed.includes(principalArn));
  return {
    administrators: listed.map((principalArn) => ({
      principalArn,
      entry: entries.find((each) => each.principalArn === principalArn),
    })),
    former: others.filter((entry) => isOwn(entry, world)).map(({ principalArn }) => principalArn),
  };
}

/** Returns the administrators that gennet made; the caller, if there are none yet, or if the caller is one. */
async function creatorOf(
  caller: Administrator,
  eks: Pick<Eks, "accessEntries">,
  { world, signal }: ResourceContext<RegionWorld>,
): Promise<readonly Administrator[]> {
  if (isOwn(caller.entry, world)) return [caller];
  const entries = await eks.accessEntries(world.region.cluster, signal);
  const made = entries.filter((entry) => isOwn(entry, world) && isAdmin(entry, world));
  return made.length === 0 ? [caller] : made.map((entry) => ({ principalArn: entry.principalArn, entry }));
}

function isOwn(entry: AccessEntry | undefined, world: RegionWorld): boolean {
  return entry !== undefined && hasTags(entry.tags, ownTags(world));
}

function isAdmin(entry: AccessEntry | undefined, world: RegionWorld): boolean {
  return entry?.clusterPolicies.includes(adminPolicy(world)) === true;
}

/**
 * Returns the principal for the access entry: a role with its path. STS returns a session of the role, without the
 * path.
 */
async function principalOf({ arn }: CallerIdentity, world: RegionWorld, signal: AbortSignal): Promise<string> {
  const [, partition, account, name] = /^arn:([^:]+):sts::(\d+):assumed-role\/([^/]+)\//.exec(arn) ?? [];
  if (name === undefined) return arn;
  const role = await (await world.aws.service("iam")).roleArn(name, signal);
  return role ?? `arn:${partition}:iam::${account}:role/${name}`;
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

export function adminPolicy(world: RegionWorld): string {
  return `arn:${partitionOf(world.region.awsRegion)}:eks::aws:cluster-access-policy/${adminPolicyName}`;
}
