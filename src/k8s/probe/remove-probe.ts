import { selectorText } from "../../core/kubernetes/label-selector.ts";
import { itemsOf } from "../../core/items-of.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import type { Cluster, ObjectRef } from "../port.ts";
import { probeDeadlineSeconds, probeLabels } from "./probe-job.ts";

const kinds = [
  { apiVersion: "batch/v1", kind: "Job" },
  { apiVersion: "v1", kind: "ServiceAccount" },
] as const;

/** Removes a Job, its pod and its service account. */
export async function removeProbe(
  cluster: Pick<Cluster, "delete">,
  job: Pick<ObjectRef, "name"> & { readonly namespace: string },
  signal: AbortSignal,
): Promise<void> {
  const { name, namespace } = job;
  await Promise.all(kinds.map(async (kind) => cluster.delete({ ...kind, name, namespace }, signal)));
}

/** Removes what probes of a namespace left behind that were killed: what is older than any that still runs. */
export async function removeLeftovers(
  cluster: Pick<Cluster, "list" | "delete">,
  namespace: string,
  now: number,
  signal: AbortSignal,
): Promise<void> {
  const labelSelector = selectorText({ matchLabels: probeLabels });
  const isOld = ({ metadata }: KubeObject): boolean =>
    now - Date.parse(metadata.creationTimestamp ?? "") > 3 * probeDeadlineSeconds * 1_000;
  await Promise.all(
    kinds.map(async (kind) => {
      const found = await itemsOf(cluster.list({ ...kind, namespace, labelSelector }, signal));
      const left = found.filter(isOld).map(({ metadata }) => metadata.name);
      await Promise.all(left.map(async (name) => cluster.delete({ ...kind, name, namespace }, signal)));
    }),
  );
}
