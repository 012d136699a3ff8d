import type { NodeObject } from "../../src/core/kubernetes/node.ts";
import type { JobObject } from "../../src/health/kube-objects.ts";
import type { WorkloadObject } from "../../src/core/kubernetes/workload.ts";
import type { PodObject } from "../../src/core/kubernetes/pod.ts";

/** 2026-01-02T03:04:05Z, in milliseconds: the current time in tests with these objects. */
export const testNow = Date.parse("2026-01-02T03:04:05Z");

export function ago(minutes: number): string {
  return new Date(testNow - minutes * 60_000).toISOString();
}

type Conditions = NonNullable<NonNullable<NodeObject["status"]>["conditions"]>;

export function node(
  name: string,
  conditions: Conditions = [{ type: "Ready", status: "True" }],
  spec = {},
): NodeObject {
  return { apiVersion: "v1", kind: "Node", metadata: { name }, spec, status: { conditions } };
}

/** Returns a Deployment with three healthy pods, in the namespace shop. */
export function deployment(name: string, status: WorkloadObject["status"] = {}, spec = {}): WorkloadObject {
  const counts = { observedGeneration: 1, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "shop", generation: 1 },
    spec: { replicas: 3, ...spec },
    status: { ...counts, ...status },
  };
}

export function statefulSet(name: string, status: WorkloadObject["status"] = {}, spec = {}): WorkloadObject {
  return { ...deployment(name, status, spec), kind: "StatefulSet" };
}

export function daemonSet(name: string, status: WorkloadObject["status"] = {}): WorkloadObject {
  const counts = { observedGeneration: 1, desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 };
  return { ...deployment(name), kind: "DaemonSet", spec: {}, status: { ...counts, ...status } };
}

type Owner = { readonly kind: string; readonly name: string };

/** Returns a pod that is running and ready, unless `status` differs; owned by a Deployment if its name is given. */
export function pod(name: string, status: PodObject["status"] = {}, owner?: string | Owner): PodObject {
  const controller = typeof owner === "string" ? { kind: "ReplicaSet", name: `${owner}-6f7` } : owner;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: "shop",
      creationTimestamp: ago(5),
      labels: typeof owner === "string" ? { "pod-template-hash": "6f7" } : {},
      ...(controller === undefined ? {} : { ownerReferences: [{ ...controller, controller: true }] }),
    },
    spec: { nodeName: "n1" },
    status: { phase: "Running", ...status },
  };
}

const notReady = { type: "Ready", status: "False", lastTransitionTime: ago(5) } as const;

/** Returns the status of a pod whose only container is in a state. */
export function inState(state: object, more: object = {}): NonNullable<PodObject["status"]> {
  const container = { name: "app", image: "acme/orders:2", ready: false, restartCount: 0, state, ...more };
  return { phase: "Running", conditions: [notReady], containerStatuses: [container] };
}

export const crashing = inState(
  { waiting: { reason: "CrashLoopBackOff" } },
  { restartCount: 12, lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } } },
);
export const notPulled = inState({ waiting: { reason: "ImagePullBackOff", message: "not found" } });
export const starting = inState({ waiting: { reason: "ContainerCreating" } });
export const unready = inState({ running: {} });
export const unschedulable: NonNullable<PodObject["status"]> = {
  phase: "Pending",
  conditions: [
    {
      type: "PodScheduled",
      status: "False",
      reason: "Unschedulable",
      message: "0/3 nodes are available",
      lastTransitionTime: ago(5),
    },
  ],
};

export function job(
  name: string,
  ended: "Complete" | "Failed" | undefined,
  startTime = ago(60),
  cronJob?: string,
): JobObject {
  const conditions: Conditions =
    ended === undefined ? [] : [{ type: ended, status: "True", reason: "BackoffLimitExceeded", message: "too often" }];
  const ownerReferences = cronJob === undefined ? [] : [{ kind: "CronJob", name: cronJob, controller: true }];
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace: "shop", ownerReferences },
    status: { conditions, startTime },
  };
}
