import type { MemoryAws } from "./memory-aws.ts";
import type { MemoryCluster } from "./memory-cluster.ts";

/**
 * Returns one line for each thing that exists in memory: the entries of every list and map of the AWS, and the objects
 * of the cluster. Ids that depend on the order of creation are replaced by the name of the thing, and times are left
 * out, so that two runs that built the same have the same inventory.
 */
export function inventoryOf(cloud: MemoryAws, kube: Pick<MemoryCluster, "objects">): readonly string[] {
  const aliases = cloud.things
    .flatMap(({ kind, id, tags }) => (tags["Name"] === undefined ? [] : [[id, `${kind} ${tags["Name"]}`] as const]))
    // A longer id first: vpc-1 is a part of vpc-10.
    .toSorted(([one], [other]) => other.length - one.length);
  const timeless = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;
  const named = (value: unknown): unknown =>
    JSON.parse(
      aliases.reduce(
        (text, [id, alias]) => text.replaceAll(id, alias),
        JSON.stringify(value, listed).replaceAll(timeless, "a time"),
      ),
    );
  const kept = Object.entries(cloud).flatMap(([part, value]: [string, unknown]) =>
    value instanceof Map || Array.isArray(value) ? [...value].map((each: unknown) => [part, each] as const) : [],
  );
  return [
    ...kept.map(([part, each]) => `${part} ${JSON.stringify(named(each), sorted)}`),
    ...[...kube.objects.keys()].map((key) => `cluster ${key}`),
  ].toSorted();
}

function listed(_key: string, value: unknown): unknown {
  return value instanceof Map || value instanceof Set ? [...value] : value;
}

/** The order of keys and of lists does not matter. */
function sorted(_key: string, value: unknown): unknown {
  const text = (each: unknown): string => JSON.stringify(each, sorted);
  if (Array.isArray(value)) return value.toSorted((a, b) => (text(a) < text(b) ? -1 : 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
