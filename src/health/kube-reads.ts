import type { Cluster, ListQuery, ObjectRef } from "../k8s/port.ts";
import { itemsOf } from "../core/items-of.ts";
import type { EventObject, AutoscalerObject, JobObject } from "./kube-objects.ts";
import { lostNodes } from "./lost-nodes.ts";
import { readTroubledPods, type TroubledPods } from "./troubled-pods.ts";
import type { BudgetObject } from "../core/kubernetes/disruption-budget.ts";
import type { NodeObject } from "../core/kubernetes/node.ts";
import type { KubeObject } from "../core/kubernetes/object.ts";
import type { WorkloadObject } from "../core/kubernetes/workload.ts";
import type { PodObject } from "../core/kubernetes/pod.ts";
import { shared, type Shared } from "../core/shared.ts";

/** What the checks read from one API server, each list at most once, however many checks use it. */
export interface KubeReads {
  readonly version: Shared<string>;
  readonly nodes: Shared<readonly NodeObject[]>;
  readonly deployments: Shared<readonly WorkloadObject[]>;
  readonly statefulSets: Shared<readonly WorkloadObject[]>;
  readonly daemonSets: Shared<readonly WorkloadObject[]>;
  readonly jobs: Shared<readonly JobObject[]>;
  readonly budgets: Shared<readonly BudgetObject[]>;
  readonly autoscalers: Shared<readonly AutoscalerObject[]>;
  readonly pods: Shared<TroubledPods>;
  /** The selected namespace, if only one is selected. */
  readonly namespace?: {
    readonly name: string;
    readonly exists: Shared<boolean>;
    /** The names of all namespaces. */
    readonly others: Shared<readonly string[]>;
  };
  /** Returns the pods with an IP, in any namespace: one that is running, and others that had it before. */
  podsAt(ip: string): Promise<readonly PodObject[]>;
  /** Returns the workloads of a namespace that is not the selected one. */
  workloadsIn(kind: string, namespace: string): Promise<readonly WorkloadObject[]>;
  /** Returns the current state of an object; undefined if it does not exist. */
  object(ref: ObjectRef): Promise<KubeObject | undefined>;
  /** Events that show why a controller could not create pods. */
  readonly refusals: Shared<readonly EventObject[]>;
}

/**
 * Creates the reads. `namespace` limits everything but nodes. The signal is that of the whole run and not of one check:
 * a check that times out must not abort a list that others need.
 */
export function createKubeReads(
  connect: () => Promise<Cluster>,
  namespace: string | undefined,
  signal: AbortSignal,
): KubeReads {
  const cluster = shared(connect);
  const everything = async <T extends KubeObject>(query: ListQuery): Promise<T[]> =>
    itemsOf((await cluster()).list<T>(query, signal));
  const within = namespace === undefined ? {} : { namespace };
  const exists = async (name: string): Promise<boolean> =>
    (await (await cluster()).get({ apiVersion: "v1", kind: "Namespace", name }, signal)) !== undefined;
  // Tables would be smaller still, but they do not show a stalled rollout: with one replica, `kubectl get` continues to
  // show 1/1 for the old pod while the new one crashes.
  const workloads = (kind: string): Shared<readonly WorkloadObject[]> =>
    shared(() => everything({ apiVersion: "apps/v1", kind, ...within }));
  const nodes = shared(() => everything<NodeObject>({ apiVersion: "v1", kind: "Node" }));
  return {
    version: shared(async () => (await cluster()).version(signal)),
    nodes,
    deployments: workloads("Deployment"),
    statefulSets: workloads("StatefulSet"),
    daemonSets: workloads("DaemonSet"),
    jobs: shared(() => everything({ apiVersion: "batch/v1", kind: "Job", ...within })),
    budgets: shared(() => everything({ apiVersion: "policy/v1", kind: "PodDisruptionBudget", ...within })),
    autoscalers: shared(() => everything({ apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", ...within })),
    pods: shared(async () => readTroubledPods(await cluster(), within, await lostNodes(nodes), signal)),
    ...(namespace === undefined
      ? {}
      : {
          namespace: {
            name: namespace,
            exists: shared(() => exists(namespace)),
            others: shared(async () =>
              (await everything({ apiVersion: "v1", kind: "Namespace" })).map(({ metadata }) => metadata.name),
            ),
          },
        }),
    podsAt: (ip) => everything<PodObject>({ apiVersion: "v1", kind: "Pod", fieldSelector: `status.podIP=${ip}` }),
    workloadsIn: (kind, of) => everything<WorkloadObject>({ apiVersion: "apps/v1", kind, namespace: of }),
    object: async (ref) => (await cluster()).get(ref, signal),
    refusals: shared(() =>
      everything({ apiVersion: "v1", kind: "Event", ...within, fieldSelector: "reason=FailedCreate" }),
    ),
  };
}
