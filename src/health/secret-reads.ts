import type { Replica, SecretsManager, SecretSummary } from "../aws/secrets-port.ts";
import { mapBounded } from "../core/bounded.ts";
import type { ExternalSecret, ExternalSecrets } from "../k8s/external-secrets/port.ts";
import { type Shared, shared } from "./shared.ts";

export interface ReplicatedSecret {
  readonly name: string;
  readonly replicas: readonly Replica[];
}

/** What the checks read of secrets, each at most once: never a value. */
export interface SecretReads {
  readonly externals: Shared<readonly ExternalSecret[]>;
  /** By name and by ARN; undefined where AWS does not know the place: a bare kubeconfig context. */
  readonly stored: (() => Promise<ReadonlyMap<string, SecretSummary>>) | undefined;
  /** Those whose primary is in this AWS region, and that the cluster reads. */
  readonly replicated: (() => Promise<readonly ReplicatedSecret[]>) | undefined;
}

export interface SecretSources {
  readonly externalSecrets: () => Promise<ExternalSecrets>;
  /** Secrets Manager of the region. */
  readonly store?: { readonly awsRegion: string; readonly open: () => Promise<SecretsManager> } | undefined;
}

const describesAtOnce = 6;

export function createSecretReads(
  { externalSecrets, store }: SecretSources,
  namespace: string | undefined,
  signal: AbortSignal,
): SecretReads {
  const externals = shared(async () => (await externalSecrets()).list(namespace, signal));
  if (store === undefined) return { externals, stored: undefined, replicated: undefined };
  const stored = shared(async () => {
    const all = new Map<string, SecretSummary>();
    for await (const page of (await store.open()).list(signal)) {
      for (const secret of page) all.set(secret.name, secret).set(secret.arn, secret);
    }
    return all;
  });
  const replicated = shared(async () => {
    const secrets = await store.open();
    const all = await stored();
    const keys = new Set((await externals()).flatMap((external) => namedKeys(external)));
    const read = new Set([...keys].flatMap((key) => all.get(key) ?? []));
    const here = [...read].filter((secret) => secret.primaryRegion === store.awsRegion);
    return mapBounded(here, describesAtOnce, async ({ name, arn }) => ({
      name,
      replicas: (await secrets.describe(arn, signal))?.replicas ?? [],
    }));
  });
  return { externals, stored, replicated };
}

/** The keys that an ExternalSecret names, each behind its store's prefix. */
function namedKeys({ sources }: Pick<ExternalSecret, "sources">): readonly string[] {
  return sources.flatMap((source) => (source.as === "key" || source.as === "extract" ? [source.ref.key] : []));
}
