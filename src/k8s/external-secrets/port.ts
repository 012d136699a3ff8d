import type { SecretValue } from "../../core/secret-value.ts";

/** Where a value that is read comes out in the Kubernetes Secret. */
export type Landing =
  /** Under one key: the whole text, or one property of its JSON. */
  | { readonly as: "key"; readonly secretKey: string; readonly property?: string }
  /** Each property of its JSON under a key of the same name. */
  | { readonly as: "properties" }
  /** Somewhere: a template, a rewriting or a decoding stands in between. */
  | { readonly as: "made"; readonly by: string; readonly property?: string };

export interface RemoteSource {
  /** The secret's name or ARN in the store. */
  readonly key: string;
  readonly landing: Landing;
}

/** An ExternalSecret: what it copies from where into which Kubernetes Secret. */
export interface ExternalSecret {
  readonly namespace: string;
  readonly name: string;
  /** The Kubernetes Secret; absent where it makes none. */
  readonly secret?: string;
  readonly store: { readonly kind: "SecretStore" | "ClusterSecretStore"; readonly name: string };
  readonly sources: readonly RemoteSource[];
  /** Why it would not take up a new version even when it is told to; absent where it would. */
  readonly fixed?: string;
  /** Undefined where External Secrets has not said anything about it yet. */
  readonly ready?: boolean;
  /** Why it is not ready, in External Secrets' own words. */
  readonly reason?: string;
  /** When the last sync that went well began, by the operator's clock: RFC 3339. */
  readonly refreshedAt?: string;
  /** How often it looks by itself: a Go duration. */
  readonly refreshInterval?: string;
  /** What its last sync had seen of it; another one after the next. */
  readonly synced?: string;
}

/** A Kubernetes Secret. */
export interface KubeSecret {
  readonly data: ReadonlyMap<string, SecretValue>;
  /** Another one after each write. */
  readonly resourceVersion: string;
  /** When its data was last written, by the API server's clock; milliseconds since the epoch. */
  readonly writtenAt?: number;
}

export interface SyncPatience {
  readonly patienceMs: number;
  readonly tell: (detail: string) => void;
}

/**
 * The External Secrets of one cluster. Errors are those of the Cluster port, and SECRET_NOT_SYNCED.
 * https://external-secrets.io/latest/api/externalsecret/
 */
export interface ExternalSecrets {
  /** All of them, or those of a namespace; none where External Secrets is not installed. */
  list(namespace: string | undefined, signal: AbortSignal): Promise<readonly ExternalSecret[]>;
  /** The AWS region whose Secrets Manager its store reads; undefined for any other store, and one that is not there. */
  awsRegionOf(external: Pick<ExternalSecret, "namespace" | "store">, signal: AbortSignal): Promise<string | undefined>;
  /** Has it look at its store now. `token` is anything that was not used before. */
  force(external: Pick<ExternalSecret, "namespace" | "name">, token: string, signal: AbortSignal): Promise<void>;
  /** Waits until it has looked since it was `external`, and is ready. SECRET_NOT_SYNCED when patience ends. */
  untilSynced(external: ExternalSecret, patience: SyncPatience, signal: AbortSignal): Promise<void>;
  secret(namespace: string, name: string, signal: AbortSignal): Promise<KubeSecret | undefined>;
}
