import { mapBounded } from "../core/bounded.ts";
import { workloadKey } from "../core/kubernetes/workload.ts";
import type { ExternalSecret } from "../k8s/external-secrets/port.ts";
import type { RemoteSource } from "../k8s/external-secrets/remote-source.ts";
import type { Consumer } from "../k8s/workloads/port.ts";
import { type Around, type SecretIdentity, reads } from "./identity.ts";
import type { Site, RotationWorld } from "./world.ts";

/** How an ExternalSecret reads the secret. */
export interface Reading {
  readonly external: ExternalSecret;
  /** Its sources that read the secret's AWSCURRENT version. */
  readonly own: ReadonlySet<RemoteSource>;
  /** The version that another of its sources is pinned to. */
  readonly pinned?: string;
  /** Why it is unknown whether it reads the secret. */
  readonly doubt?: string;
}

/** An ExternalSecret that reads the secret, and the workloads that get its values. */
export interface Reader extends Reading {
  readonly site: Site;
  /** The Kubernetes Secret that it writes. */
  readonly kubeSecret: string;
  /** The secret's name in the store. */
  readonly storedName: string;
  readonly consumers: readonly Consumer[];
}

const readsAtOnce = 6;

/**
 * Returns how an ExternalSecret reads the secret; undefined if it does not. list, verify and rotate all use this rule.
 */
export async function readingOf(
  external: ExternalSecret,
  secret: SecretIdentity,
  around: Omit<Around, "namespace">,
): Promise<Reading | undefined> {
  if (external.secret === undefined) return undefined;
  const { namespace } = external;
  const found = await Promise.all(
    external.sources.map(async (source) => [source, await reads(source, secret, { ...around, namespace })] as const),
  );
  const reading = found.filter(([, answer]) => answer === "yes").map(([source]) => source);
  const pinned = reading.map(versionOf).find((version) => version !== undefined);
  const doubts = found.flatMap(([, answer]) => (typeof answer === "string" ? [] : [answer.may]));
  if (reading.length + doubts.length === 0) return undefined;
  const own = new Set(reading.filter((source) => versionOf(source) === undefined));
  const [doubt] = doubts;
  return { external, own, ...(pinned && { pinned }), ...(doubt !== undefined && { doubt }) };
}

function versionOf(source: RemoteSource): string | undefined {
  if (source.as !== "key" && source.as !== "extract") return undefined;
  return source.ref.version === "AWSCURRENT" ? undefined : source.ref.version;
}

/** Returns the readers of the secret in a region's cluster. */
export async function readersIn(
  site: Site,
  { identity }: Pick<RotationWorld, "identity">,
  signal: AbortSignal,
): Promise<readonly Reader[]> {
  const [externals, stores] = await Promise.all([
    site.externalSecrets.list(undefined, signal),
    site.externalSecrets.stores(signal),
  ]);
  const around = { accountId: site.accountId, stores };
  const found = await mapBounded(externals, readsAtOnce, async (external): Promise<Reader[]> => {
    const reading = await readingOf(external, identity, around);
    if (reading === undefined || external.secret === undefined) return [];
    const consumers = await site.workloads.consumers(external.namespace, external.secret, signal);
    return [{ ...reading, site, kubeSecret: external.secret, storedName: identity.name, consumers }];
  });
  return found.flat();
}

/** Returns `eu-west-1: ExternalSecret shop/db`, the name of a reader in findings and journals. */
export function readerName({ site, external }: Pick<Reader, "site" | "external">): string {
  return `${site.name}: ExternalSecret ${external.namespace}/${external.name}`;
}

export function consumerName({ kind, namespace, name }: Pick<Consumer, "kind" | "namespace" | "name">): string {
  return workloadKey(kind, namespace, name);
}

/** Returns each workload once, although it may read several Kubernetes Secrets of this secret. */
export function consumersOf(readers: readonly Reader[]): readonly Consumer[] {
  const byName = new Map<string, Consumer>();
  for (const consumer of readers.flatMap((reader) => reader.consumers)) byName.set(consumerName(consumer), consumer);
  return [...byName.values()];
}
