import { mapBounded } from "../core/bounded.ts";
import type { ExternalSecret } from "../k8s/external-secrets/port.ts";
import type { Consumer } from "../k8s/workloads/port.ts";
import type { Site, World } from "./world.ts";

/** An ExternalSecret that reads the secret, and the workloads that get its values. */
export interface Reader {
  readonly site: Site;
  readonly external: ExternalSecret;
  /** The Kubernetes Secret that it writes. */
  readonly kubeSecret: string;
  readonly consumers: readonly Consumer[];
}

const readsAtOnce = 6;

/** Who reads the secret in a region's cluster. `keys`: only those that read one of them; undefined: all. */
export async function readersIn(
  site: Site,
  world: Pick<World, "secret" | "primary" | "replicas">,
  keys: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<readonly Reader[]> {
  const copies = [world.primary, ...world.replicas];
  const names = new Set([world.secret, ...copies.map((copy) => copy.arn)]);
  const reading = (await site.externalSecrets.list(undefined, signal)).filter((external) =>
    external.sources.some(({ key, landing }) => names.has(key) && touches(landing, keys)),
  );
  const found = await mapBounded(reading, readsAtOnce, async (external): Promise<Reader[]> => {
    const awsRegion = await site.externalSecrets.awsRegionOf(external, signal);
    if (external.secret === undefined || !copies.some((copy) => copy.awsRegion === awsRegion)) return [];
    const consumers = await site.workloads.consumers(external.namespace, external.secret, signal);
    const sources = external.sources.filter(({ key }) => names.has(key));
    return [{ site, external: { ...external, sources }, kubeSecret: external.secret, consumers }];
  });
  return found.flat();
}

function touches(landing: ExternalSecret["sources"][number]["landing"], keys: readonly string[] | undefined): boolean {
  if (keys === undefined || landing.as === "properties" || landing.property === undefined) return true;
  const { property } = landing;
  return keys.some((key) => property === key || property.startsWith(`${key}.`) || property === "");
}

/** `eu-west-1: ExternalSecret shop/db`: names a reader in findings and journals. */
export function readerName({ site, external }: Pick<Reader, "site" | "external">): string {
  return `${site.name}: ExternalSecret ${external.namespace}/${external.name}`;
}

export function consumerName({ kind, namespace, name }: Pick<Consumer, "kind" | "namespace" | "name">): string {
  return `${kind} ${namespace}/${name}`;
}

/** Each workload once, though it may read several Kubernetes Secrets that come from the secret. */
export function consumersOf(readers: readonly Reader[]): readonly Consumer[] {
  const byName = new Map<string, Consumer>();
  for (const consumer of readers.flatMap((reader) => reader.consumers)) byName.set(consumerName(consumer), consumer);
  return [...byName.values()];
}
