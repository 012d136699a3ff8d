import type { Cluster, ObjectRef } from "../../../src/k8s/port.ts";
import { realLabel } from "../pods/marking.ts";
import type { Setting } from "../setting.ts";
import { isAwaited, type WorkloadStatus, workloadStatus } from "./workload.ts";
import type { KubeObject } from "../../../src/core/kubernetes/object.ts";

export interface RunResult {
  readonly applied: readonly ObjectRef[];
  readonly workloads: readonly WorkloadStatus[];
  /** The region's nodes are simulated, and so are the pods: none of their containers really runs. */
  readonly simulated: boolean;
}

const firstPollMs = 200;
const longestPollMs = 2_000;

/** Applies the objects in order, and waits up to `waitMs` until the workloads among them are available. */
export async function runManifests(
  cluster: Cluster,
  objects: readonly KubeObject[],
  waitMs: number,
  setting: Setting,
  detail: (text: string) => void,
): Promise<RunResult> {
  const applied: ObjectRef[] = [];
  for (const object of objects) {
    detail(`applying ${object.kind} ${object.metadata.name}`);
    if (isHook(object)) await removeEarlier(cluster, refOf(object), setting);
    applied.push(refOf(await cluster.apply(object, {}, setting.signal)));
  }
  const workloads = applied.filter((_ref, at) => isAwaited(objects[at] as KubeObject));
  return {
    applied,
    workloads: await untilAvailable(cluster, workloads, waitMs, setting, detail),
    simulated: await isSimulated(cluster, workloads, setting.signal),
  };
}

/** Argo CD re-creates such a hook with each sync, because an existing Job cannot be changed. */
function isHook({ metadata }: KubeObject): boolean {
  return metadata.annotations?.["argocd.argoproj.io/hook-delete-policy"] === "BeforeHookCreation";
}

async function removeEarlier(cluster: Cluster, ref: ObjectRef, { host, signal }: Setting): Promise<void> {
  await cluster.delete(ref, signal);
  while ((await cluster.get(ref, signal)) !== undefined) await host.clock.sleep(firstPollMs, signal);
}

function refOf({ apiVersion, kind, metadata }: KubeObject): ObjectRef {
  const { name, namespace } = metadata;
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

async function untilAvailable(
  cluster: Cluster,
  refs: readonly ObjectRef[],
  waitMs: number,
  setting: Setting,
  detail: (text: string) => void,
): Promise<readonly WorkloadStatus[]> {
  const { clock } = setting.host;
  const deadline = clock.now() + waitMs;
  for (let pollMs = firstPollMs; ; pollMs = Math.min(pollMs * 2, longestPollMs)) {
    const last = clock.now() + pollMs > deadline;
    const statuses = await Promise.all(refs.map((ref) => workloadStatus(cluster, ref, last, setting.signal)));
    const waiting = statuses.find((status) => !status.available);
    if (waiting === undefined || last) return statuses;
    detail(`${waiting.kind} ${waiting.name}: ${waiting.ready} of ${waiting.desired} available`);
    await clock.sleep(pollMs, setting.signal);
  }
}

async function isSimulated(cluster: Cluster, workloads: readonly ObjectRef[], signal: AbortSignal): Promise<boolean> {
  const has = async (kind: "Node" | "Pod", label: string, namespace?: string): Promise<boolean> => {
    const query = { apiVersion: "v1", kind, labelSelector: label, ...(namespace === undefined ? {} : { namespace }) };
    for await (const page of cluster.list(query, signal)) if (page.length > 0) return true;
    return false;
  };
  // What sandbox/kubernetes/stages.yaml sets on nodes that kwok simulates.
  if (!(await has("Node", "gennet.dev/simulated=true"))) return false;
  const namespaces = new Set(workloads.map(({ namespace }) => namespace ?? "default"));
  for (const namespace of namespaces) if (await has("Pod", realLabel, namespace)) return false;
  return true;
}
