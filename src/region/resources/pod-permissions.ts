import { counted } from "../../core/enumerate.ts";
import { itemsOf } from "../../core/items-of.ts";
import { hasCondition, isBeingDeleted } from "../../core/kubernetes/object.ts";
import { hasEnded, type PodObject } from "../../core/kubernetes/pod.ts";
import { fingerprint } from "../../core/plan.ts";
import { asDesired, type Difference, ready, type Readiness, update } from "../../core/resource.ts";
import type { Cluster, ObjectRef } from "../../k8s/port.ts";
import { type RegionResource, roleName } from "../world.ts";
import { accessEntry } from "./access-entry.ts";
import { askCluster } from "./ask-cluster.ts";
import { nameOf, unknownBecause } from "./kubernetes-objects.ts";
import { otherPolicies } from "./managed-roles.ts";
import { nodeAddons } from "./node-addons.ts";
import { nodeGroup } from "./node-group.ts";
import { networkIdentity, storageIdentity } from "./pod-identities.ts";
import { isManaged, nodeRole, nodeRoleFacts } from "./roles.ts";
import { storage } from "./workload-addons.ts";

interface DriverPod {
  readonly workload: ObjectRef;
  readonly uid: string;
  /** Whether it has a role, and does not use that of its node. */
  readonly hasOwnRole: boolean;
  readonly isReady: boolean;
}

interface Actual {
  /** Whether the nodes' role has policies that it should not have. If not, nothing else is read. */
  readonly isWide: boolean;
  /** The pods of the drivers. Undefined while the API server does not accept the caller, but will. */
  readonly pods?: readonly DriverPod[];
  /** Why they are unknown. */
  readonly unknown?: string;
}

/** What has a role by Pod Identity, by the service account. */
const drivers: readonly { readonly account: string; readonly workload: ObjectRef }[] = [
  { account: "aws-node", workload: workload("DaemonSet", "aws-node") },
  { account: "ebs-csi-controller-sa", workload: workload("Deployment", "ebs-csi-controller") },
];

/**
 * What EKS gives to a container with Pod Identity, or with a role by OIDC, when its pod is created.
 * https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
 */
const credentials = ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_WEB_IDENTITY_TOKEN_FILE"];
/** A change of it on the pod template replaces the pods. */
const annotation = "gennet.dev/replaced-for-permissions";

/**
 * The pods of the network plug-in and of the EBS CSI driver in a cluster that gennet did not make: they were created before
 * their Pod Identity, and use the permissions of the nodes. They are replaced before the nodes' role loses these; without
 * them, no new pod gets an address. Outputs whether the role has others.
 */
export const podPermissions: RegionResource<Actual, { readonly isWide: boolean }> = {
  id: "pod-permissions",
  title: "Pods with the permissions of their nodes",
  needs: [accessEntry, nodeRole, networkIdentity, storageIdentity, ...nodeAddons, nodeGroup, storage],
  onlyIfDue: true,
  wanted: isManaged,
  async read(at) {
    const { world, signal } = at;
    if (at.removing === true) return { isWide: false };
    const role = await (await world.aws.service("iam")).role(roleName(world, "node"), signal);
    if (otherPolicies(role, nodeRoleFacts, world).length === 0) return { isWide: false };
    const pods = await askCluster(at, driverPods);
    if (pods === undefined) return { isWide: true };
    return "unknown" in pods ? { isWide: true, ...pods } : { isWide: true, pods };
  },
  diff: differenceFrom,
  async apply({ pods = [] }, { world, signal }) {
    const cluster = await world.cluster();
    for (const ref of workloadsIn(pods)) {
      const value = fingerprint(pods.filter((pod) => pod.workload === ref).map(({ uid }) => uid));
      const metadata = { annotations: { [annotation]: value } };
      await cluster.patch(ref, { merge: { spec: { template: { metadata } } } }, {}, signal);
    }
  },
  ready({ pods = [] }) {
    const left = pods.filter(({ hasOwnRole, isReady }) => !hasOwnRole || !isReady);
    return left.length === 0 ? ready : waitingForPods(left);
  },
  output({ isWide, pods, unknown }) {
    const isSafe = pods?.every(({ hasOwnRole, isReady }) => hasOwnRole && isReady) === true;
    return !isWide || (isSafe && unknown === undefined) ? { isWide } : undefined;
  },
};

function differenceFrom({ isWide, pods, unknown }: Actual): Difference {
  if (!isWide) return asDesired;
  if (unknown !== undefined) return unknownBecause(unknown);
  return { operations: (pods === undefined ? drivers.map(of) : workloadsIn(pods)).map(replaced) };
}

function replaced(ref: ObjectRef): ReturnType<typeof update> {
  return update(`pods of ${nameOf(ref)}`, "permissions", "Pod Identity", "role of the nodes");
}

/** Returns the workloads that have a pod without its own role. */
function workloadsIn(pods: readonly DriverPod[]): readonly ObjectRef[] {
  const due = new Set(pods.filter(({ hasOwnRole }) => !hasOwnRole).map((pod) => pod.workload));
  return drivers.map(of).filter((ref) => due.has(ref));
}

function waitingForPods(left: readonly DriverPod[]): Readiness {
  const names = [...new Set(left.map((pod) => nameOf(pod.workload)))];
  return {
    state: "waiting",
    detail: `${counted(left.length, "pod")} of ${names.join(" and ")} not replaced or not ready`,
    next: ["kubectl -n kube-system get pods -o wide  # shows which pods do not run; describe one for the reason"],
  };
}

/** Returns the workloads that have pods with the permissions of their nodes. */
export async function borrowers(cluster: Cluster, signal: AbortSignal): Promise<readonly string[]> {
  return workloadsIn(await driverPods(cluster, signal)).map(nameOf);
}

async function driverPods(cluster: Cluster, signal: AbortSignal): Promise<readonly DriverPod[]> {
  const query = { apiVersion: "v1", kind: "Pod", namespace: "kube-system" };
  const pods = await itemsOf(cluster.list<AccountedPod>(query, signal));
  return pods.flatMap((pod) => {
    const driver = drivers.find(({ account }) => account === pod.spec?.serviceAccountName);
    if (driver === undefined || hasEnded(pod) || isBeingDeleted(pod)) return [];
    const given = (pod.spec?.containers ?? []).flatMap(({ env = [] }) => env.map(({ name }) => name));
    return {
      workload: driver.workload,
      uid: String(pod.metadata["uid"]),
      hasOwnRole: given.some((name) => credentials.includes(name)),
      isReady: hasCondition(pod, "Ready"),
    };
  });
}

interface AccountedPod extends PodObject {
  readonly spec?: PodObject["spec"] & { readonly serviceAccountName?: string };
}

function of({ workload: ref }: (typeof drivers)[number]): ObjectRef {
  return ref;
}

function workload(kind: string, name: string): ObjectRef {
  return { apiVersion: "apps/v1", kind, namespace: "kube-system", name };
}
