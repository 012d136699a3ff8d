import type { Addon, EksCluster, Nodegroup } from "../../../aws/eks/port.ts";
import { itemsOf } from "../../../core/items-of.ts";
import type { ClusterVersion } from "../../../aws/eks/versions.ts";
import type { Check } from "../../../core/check.ts";
import type { BudgetObject } from "../../../core/kubernetes/disruption-budget.ts";
import type { NodeObject } from "../../../core/kubernetes/node.ts";
import type { KubeObject } from "../../../core/kubernetes/object.ts";
import type { PodObject } from "../../../core/kubernetes/pod.ts";
import { shared, type Shared } from "../../../core/shared.ts";
import type { Cluster, ListQuery } from "../../../k8s/port.ts";
import type { RegionWorld } from "../../world.ts";
import type { UpgradeStep } from "../upgrade-step.ts";

/** What replaces the nodes, and by which rules their pods are evicted. */
export type NodeReplacement =
  /** EKS drains the nodes of a group, and fails after 15 minutes if a pod cannot be evicted. */
  | "node groups"
  /** Auto Mode waits for pods, but not longer than a node's termination grace period. */
  | "auto mode"
  | "none";

/** What the checks of one step read, each at most once. */
export interface ReadinessContext {
  readonly world: RegionWorld;
  readonly step: UpgradeStep;
  /** Undefined if it does not exist. */
  readonly cluster: Shared<EksCluster | undefined>;
  readonly nodegroups: Shared<readonly Nodegroup[]>;
  readonly addons: Shared<readonly Addon[]>;
  readonly versions: Shared<readonly ClusterVersion[]>;
  readonly replacement: Shared<NodeReplacement>;
  readonly kube: Shared<Cluster>;
  readonly nodes: Shared<readonly NodeObject[]>;
  readonly pods: Shared<readonly PodObject[]>;
  readonly budgets: Shared<readonly BudgetObject[]>;
}

/** A question that is asked before a step. `fail`: would block it; `warn`: to know about; `unknown`: is no consent. */
export type ReadinessCheck = Check<ReadinessContext>;

/** The signal is that of the whole run: a check that times out must not abort a list that others need. */
export function readinessContext(world: RegionWorld, step: UpgradeStep, signal: AbortSignal): ReadinessContext {
  const name = world.region.cluster;
  const eks = () => world.aws.service("eks");
  const kube = shared(() => world.cluster());
  const cluster = shared(async () => (await eks()).cluster(name, signal));
  const nodegroups = shared(async () => (await eks()).nodegroups(name, signal));
  const everything = <T extends KubeObject>(query: ListQuery): Shared<readonly T[]> =>
    shared(async () => itemsOf((await kube()).list<T>(query, signal)));
  return {
    world,
    step,
    cluster,
    nodegroups,
    addons: shared(async () => (await eks()).addons(name, signal)),
    versions: shared(async () => (await eks()).versions(signal)),
    replacement: shared(async () => {
      const groups = await nodegroups();
      // A rollback leaves the nodes of groups as they are: they must have the older version already.
      if (step.kind === "upgrade" && groups.some(({ version }) => version !== step.to)) return "node groups";
      return (await cluster())?.auto === undefined ? "none" : "auto mode";
    }),
    kube,
    nodes: everything({ apiVersion: "v1", kind: "Node" }),
    pods: everything({ apiVersion: "v1", kind: "Pod" }),
    budgets: everything({ apiVersion: "policy/v1", kind: "PodDisruptionBudget" }),
  };
}
