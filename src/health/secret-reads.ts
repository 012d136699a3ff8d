import type { Replica, SecretsManager, SecretSummary } from "../aws/secrets/port.ts";
import { mapBounded } from "../core/bounded.ts";
import type { ExternalSecret, ExternalSecrets, ExternalStore } from "../k8s/external-secrets/port.ts";
import type { RemoteSource, StoreRef } from "../k8s/external-secrets/remote-source.ts";
import { shared, type Shared } from "../core/shared.ts";

export interface ReplicatedSecret {
  readonly name: string;
  readonly replicas: readonly Replica[];
}

/** What the checks read about secrets, each at most once: never a value. */
export interface SecretReads {
  /** Whether the cluster serves ExternalSecrets. */
  readonly installed: Shared<boolean>;
  readonly stores: Shared<readonly ExternalStore[]>;
  readonly externals: Shared<readonly ExternalSecret[]>;
  /**
   * Returns the secret of this account and AWS region that a source reads by its name, in its current version;
   * undefined if it reads something else: a search, a generator, a pinned version, another store. Undefined itself for
   * a kubeconfig context, because it has no region in AWS.
   */
  readonly followed:
    | ((external: ExternalSecret, source: RemoteSource) => Promise<SecretSummary | undefined>)
    | undefined;
  /** Returns the secrets that the cluster reads and whose primary is in this AWS region. */
  readonly replicated: (() => Promise<readonly ReplicatedSecret[]>) | undefined;
}

export interface SecretSources {
  readonly externalSecrets: () => Promise<ExternalSecrets>;
  /** Secrets Manager in the region. */
  readonly store?: { readonly awsRegion: string; readonly open: () => Promise<SecretsManager> } | undefined;
}

const describesAtOnce = 6;

export function createSecretReads(
  { externalSecrets, store }: SecretSources,
  namespace: string | undefined,
  signal: AbortSignal,
): SecretReads {
  const externals = shared(async () => (await externalSecrets()).list(namespace, signal));
  const installed = shared(async () => (await externalSecrets()).installed(signal));
  const stores = shared(async () => (await externalSecrets()).stores(signal));
  const read = { installed, externals, stores };
  if (store === undefined) return { ...read, followed: undefined, replicated: undefined };
  const stored = shared(async () => {
    const all = new Map<string, SecretSummary>();
    for await (const page of (await store.open()).list(signal)) {
      for (const secret of page) all.set(secret.name, secret).set(secret.arn, secret);
    }
    return all;
  });
  const followed = async (external: ExternalSecret, source: RemoteSource): Promise<SecretSummary | undefined> => {
    if (source.as !== "key" && source.as !== "extract") return undefined;
    if (source.ref.version !== undefined && source.ref.version !== "AWSCURRENT") return undefined;
    const provider = storeOf(source.store, external, await stores())?.provider;
    if (provider?.as !== "aws" || provider.service !== "SecretsManager") return undefined;
    if (provider.awsRegion !== store.awsRegion) return undefined;
    const found = (await stored()).get(provider.prefix + source.ref.key);
    const { account } = provider;
    const isOther = typeof account === "object" && account.id !== found?.arn.split(":")[4];
    return isOther ? undefined : found;
  };
  const replicated = shared(async () => {
    const secrets = await store.open();
    const sources = (await externals()).flatMap((each) => each.sources.map((source) => followed(each, source)));
    const followedHere = new Set((await Promise.all(sources)).flatMap((each) => each ?? []));
    const here = [...followedHere].filter((secret) => secret.primaryRegion === store.awsRegion);
    return mapBounded(here, describesAtOnce, async ({ name, arn }) => ({
      name,
      replicas: (await secrets.describe(arn, signal))?.replicas ?? [],
    }));
  });
  return { ...read, followed, replicated };
}

/** Returns the store that a reference of an ExternalSecret means. */
export function storeOf(
  ref: StoreRef | undefined,
  { namespace }: Pick<ExternalSecret, "namespace">,
  stores: readonly ExternalStore[],
): ExternalStore | undefined {
  return stores.find(
    (store) =>
      store.kind === ref?.kind &&
      store.name === ref.name &&
      (store.kind === "ClusterSecretStore" || store.namespace === namespace),
  );
}
