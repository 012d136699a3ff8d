import type { WatchPatience } from "../follow.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import type { RemoteSource, StoreRef } from "./remote-source.ts";

/** An ExternalSecret: the values that it copies from stores into a Kubernetes Secret. */
export interface ExternalSecret {
  readonly namespace: string;
  readonly name: string;
  /** The Kubernetes Secret; absent if it creates none. */
  readonly secret?: string;
  /** In the order in which External Secrets reads them: if two set the same key, the later one wins. */
  readonly sources: readonly RemoteSource[];
  /**
   * The template for values: `keys` are those that it sets itself, `merged` is true if it keeps the others.
   */
  readonly template?: { readonly keys: readonly string[]; readonly merged: boolean };
  /** Why it would not fetch a new version even if a sync is forced; absent if it would. */
  readonly blockedReason?: string;
  /** The ClusterExternalSecret that created it, and would revert a change to it. */
  readonly madeBy?: string;
  /** Undefined if External Secrets has not reported on it yet. */
  readonly ready?: boolean;
  /** Why it is not ready: External Secrets' message. */
  readonly reason?: string;
  /** When the last successful sync began, by the operator's clock: RFC 3339. */
  readonly refreshedAt?: string;
  /** How often it syncs by itself, as a Go duration. */
  readonly refreshInterval?: string;
  /** The version of it that its last sync processed; changes with the next sync. */
  readonly synced?: string;
}

/** A SecretStore or ClusterSecretStore, and what its keys refer to. */
export interface ExternalStore extends StoreRef {
  /** Only for a SecretStore. */
  readonly namespace?: string;
  readonly provider:
    | {
        readonly as: "aws";
        readonly service: "SecretsManager" | "ParameterStore";
        readonly awsRegion: string;
        /** The prefix of all keys. */
        readonly prefix: string;
        /** `own`: the account of the cluster's identity. Undefined if the store's credentials do not show it. */
        readonly account: "own" | { readonly id: string } | undefined;
      }
    /** Reads the Kubernetes Secrets of a namespace. */
    | { readonly as: "kubernetes"; readonly namespace: string }
    | { readonly as: "other" };
  /** Whether External Secrets could reach it when it last tried; undefined if it has not reported on it yet. */
  readonly ready?: boolean;
  /** Why it is not ready: External Secrets' message. */
  readonly reason?: string;
}

/** A PushSecret: writes a Kubernetes Secret to keys of stores. */
export interface PushSecret {
  readonly namespace: string;
  readonly name: string;
  /** Absent if labels select it, or a generator creates the values. */
  readonly secret?: string;
  /** If stores are selected by labels, they are not in `stores`, and `everyStore` is true. */
  readonly stores: readonly StoreRef[];
  readonly everyStore: boolean;
  readonly keys: readonly string[];
  /** Whether it overwrites existing values. */
  readonly replaces: boolean;
}

/** A Kubernetes Secret. */
export interface KubeSecret {
  readonly data: ReadonlyMap<string, SecretValue>;
  /** Changes with each write. */
  readonly resourceVersion: string;
  /** The controller that copies it into other namespaces: `reflector`. */
  readonly copiedBy?: string;
  /** When its data was last written, by the API server's clock; milliseconds since the epoch. */
  readonly writtenAt?: number;
}

/**
 * The External Secrets of one cluster. Errors are those of the Cluster port, and SECRET_NOT_SYNCED.
 * https://external-secrets.io/latest/api/externalsecret/
 */
export interface ExternalSecrets {
  /** Returns whether the cluster serves ExternalSecrets. */
  installed(signal: AbortSignal): Promise<boolean>;
  /** Returns the ExternalSecrets of one or all namespaces; none if External Secrets is not installed. */
  list(namespace: string | undefined, signal: AbortSignal): Promise<readonly ExternalSecret[]>;
  /** Returns all SecretStores and ClusterSecretStores. */
  stores(signal: AbortSignal): Promise<readonly ExternalStore[]>;
  /** Returns all PushSecrets. */
  pushes(signal: AbortSignal): Promise<readonly PushSecret[]>;
  /** Forces a sync. `token` is any value that was not used before. */
  force(external: Pick<ExternalSecret, "namespace" | "name">, token: string, signal: AbortSignal): Promise<void>;
  /**
   * Waits until it has synced since it was in the state `external`, and is ready. Throws SECRET_NOT_SYNCED after the
   * time in `patience`.
   */
  untilSynced(external: ExternalSecret, patience: WatchPatience, signal: AbortSignal): Promise<void>;
  secret(namespace: string, name: string, signal: AbortSignal): Promise<KubeSecret | undefined>;
}
