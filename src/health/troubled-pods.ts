import { mapBounded } from "../core/bounded.ts";
import type { Cluster, ListQuery, TablePage } from "../k8s/port.ts";
import type { PodObject } from "../core/kubernetes/pod.ts";
import { hasCondition, isBeingDeleted } from "../core/kubernetes/object.ts";

export interface TroubledPods {
  /** How many pods there are, well or not. */
  readonly total: number;
  /** Those that are unhealthy, in full. */
  readonly troubled: readonly PodObject[];
}

/** Up to this many pods are looked up one by one; above it, one pass over all of them is cheaper. */
const singly = 50;
const settled = new Set(["Completed", "Succeeded"]);

/**
 * Goes over all pods by server-side table, a fortieth of the bytes of the objects, and reads in full only those that
 * are unhealthy there.
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
  // Rows do not tell the namespace, so a name is looked for in all of them.
  const found = await mapBounded([...names], 6, (name) =>
    troubledOf(cluster, { ...query, fieldSelector: `metadata.name=${name}` }, signal),
  );
  return { total, troubled: found.flat() };
}

async function troubledOf(cluster: Cluster, query: ListQuery, signal: AbortSignal): Promise<PodObject[]> {
  const pods: PodObject[] = [];
  for await (const page of cluster.list<PodObject>(query, signal)) pods.push(...page.filter(isTroubled));
  return pods;
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
      // On a node that does not report, a pod keeps the looks that it had last.
      return !isFull(cell(row, "Ready")) || !isFull(cell(row, "Readiness Gates")) || lost.has(cell(row, "Node"));
    })
    .map((row) => cell(row, "Name"));
}

/** `2/2` is, `1/2` is not; `<none>` has nothing to fill. */
function isFull(cell: string): boolean {
  const [, have, want] = /^(\d+)\/(\d+)$/.exec(cell) ?? [];
  return have === want;
}
