import { mapBounded } from "../core/bounded.ts";
import { itemsOf } from "../core/items-of.ts";
import type { Cluster, ListQuery, TablePage } from "../k8s/port.ts";
import type { PodObject } from "../core/kubernetes/pod.ts";
import { hasCondition, isBeingDeleted } from "../core/kubernetes/object.ts";

export interface TroubledPods {
  /** The number of all pods, healthy or not. */
  readonly total: number;
  /** The unhealthy pods, with all their fields. */
  readonly troubled: readonly PodObject[];
}

/** Up to this many pods are read one by one; above it, reading all pods is cheaper. */
const singly = 50;
const settled = new Set(["Completed", "Succeeded"]);

/**
 * Reads all pods as a server-side table, a fortieth of the size of the objects, and only the pods that are unhealthy
 * there completely.
 */
export async function readTroubledPods(
  cluster: Cluster,
  within: { readonly namespace?: string },
  lost: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<TroubledPods> {
  const query: ListQuery = { apiVersion: "v1", kind: "Pod", ...within };
  const names = new Set<string>();
  let total = 0;
  for await (const page of cluster.table(query, signal)) {
    total += page.rows.length;
    for (const name of suspects(page, lost)) names.add(name);
  }
  if (names.size > singly) return { total, troubled: await troubledOf(cluster, query, signal) };
  // Rows do not contain the namespace, so a name is looked up in all of them.
  const found = await mapBounded([...names], 6, (name) =>
    troubledOf(cluster, { ...query, fieldSelector: `metadata.name=${name}` }, signal),
  );
  return { total, troubled: found.flat() };
}

function troubledOf(cluster: Cluster, query: ListQuery, signal: AbortSignal): Promise<PodObject[]> {
  return itemsOf(cluster.list<PodObject>(query, signal), (page) => page.filter(isTroubled));
}

function isTroubled(pod: PodObject): boolean {
  if (pod.status?.phase === "Succeeded") return false;
  return !hasCondition(pod, "Ready") || isBeingDeleted(pod);
}

function suspects({ columns, rows }: TablePage, lost: ReadonlySet<string>): string[] {
  const cell = (row: readonly unknown[], column: string): string => String(row[columns.indexOf(column)]);
  return rows
    .filter((row) => {
      const status = cell(row, "Status");
      if (status !== "Running") return !settled.has(status);
      // If a node does not report, its pods keep their last status.
      return !isFull(cell(row, "Ready")) || !isFull(cell(row, "Readiness Gates")) || lost.has(cell(row, "Node"));
    })
    .map((row) => cell(row, "Name"));
}

/** Returns true for `2/2` and false for `1/2`; `<none>` counts as full. */
function isFull(cell: string): boolean {
  const [, have, want] = /^(\d+)\/(\d+)$/.exec(cell) ?? [];
  return have === want;
}
