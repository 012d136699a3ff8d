import { mapBounded } from "../core/bounded.ts";
import { AppError } from "../core/error.ts";
import type { ApplicationResource } from "../k8s/argocd/port.ts";
import type { Cluster } from "../k8s/port.ts";

const atOnce = 8;

/**
 * Returns which of the resources exist in the cluster, from tables of names: one request for each kind and namespace,
 * without contents, so no Secret's value is read. Resources that could not be listed are in neither set.
 */
export async function presentNames(
  cluster: Pick<Cluster, "table">,
  resources: readonly ApplicationResource[],
  signal: AbortSignal,
): Promise<{ readonly there: ReadonlySet<ApplicationResource>; readonly missing: ReadonlySet<ApplicationResource> }> {
  const groups = new Map<string, ApplicationResource[]>();
  for (const each of resources) {
    const key = `${each.group}/${each.version} ${each.kind} ${each.namespace ?? ""}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const there = new Set<ApplicationResource>();
  const missing = new Set<ApplicationResource>();
  await mapBounded([...groups.values()], atOnce, async (group) => {
    const names = await namesOf(cluster, group, signal);
    for (const each of names === undefined ? [] : group) (names?.has(each.name) === true ? there : missing).add(each);
  });
  return { there, missing };
}

async function namesOf(
  cluster: Pick<Cluster, "table">,
  [first]: readonly ApplicationResource[],
  signal: AbortSignal,
): Promise<ReadonlySet<unknown> | undefined> {
  if (first === undefined) return new Set();
  const { group, version, kind, namespace } = first;
  const apiVersion = group === "" ? version : `${group}/${version}`;
  const names = new Set<unknown>();
  try {
    for await (const page of cluster.table(
      { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }) },
      signal,
    )) {
      const at = page.columns.indexOf("Name");
      for (const row of page.rows) names.add(row[at]);
    }
    return names;
  } catch (error) {
    if (!(error instanceof AppError) || signal.aborted) throw error;
    // Without its definition, no object of that kind can exist.
    return error.code === "KUBE_KIND_NOT_SERVED" ? new Set() : undefined;
  }
}
