import type { WatchPatience } from "../follow.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import type { RemoteSource, StoreRef } from "./remote-source.ts";

/** An ExternalSecret: what it copies from where into which Kubernetes Secret. */
export interface ExternalSecret {
  readonly namespace: string;
  readonly name: string;
  /** The Kubernetes Secret; absent where it makes none. */
  readonly secret?: string;
  /** In the order in which External Secrets reads them: of two that give one key, the later wins. */
  readonly sources: readonly RemoteSource[];
  /** Values pass a template; `keys` are those that it makes itself, `merged`: the values are there beside them. */
  readonly template?: { readonly keys: readonly string[]; readonly merged: boolean };
  /** Why it would not take up a new version even when it is told to; absent where it would. */
  readonly blockedReason?: string;
  /** The ClusterExternalSecret that made it, and would undo a change of it. */
  readonly madeBy?: string;
  /** Undefined where External Secrets has not said anything about it yet. */
  readonly ready?: boolean;
  /** Why it is not ready, in External Secrets' own words. */
  readonly reason?: string;
  /** When the last sync that succeeded began, by the operator's clock: RFC 3339. */
  readonly refreshedAt?: string;
  /** How often it looks by itself: a Go duration. */
  readonly refreshInterval?: string;
  /** What its last sync had seen of it; another one after the next. */
  readonly synced?: string;
}

/** A SecretStore or ClusterSecretStore: where its keys lead. */
export interface ExternalStore extends StoreRef {
  /** Of a SecretStore. */
  readonly namespace?: string;
  readonly provider:
    | {
        readonly as: "aws";
        readonly service: "SecretsManager" | "ParameterStore";
        readonly awsRegion: string;
        /** Stands before each key. */
        readonly prefix: string;
        /** `own`: that of the cluster's identity. Undefined where credentials are given that do not show it. */
        readonly account: "own" | { readonly id: string } | undefined;
      }
    /** Reads Kubernetes Secrets of a namespace. */
    | { readonly as: "kubernetes"; readonly namespace: string }
    | { readonly as: "other" };
}

/** A PushSecret: which Kubernetes Secret it writes to which keys of which stores. */
export interface PushSecret {
  readonly namespace: string;
  readonly name: string;
  /** Absent where labels choose it, or a generator makes the values. */
  readonly secret?: string;
  /** References by labels are left out of `stores`, and `everyStore` is true. */
  readonly stores: readonly StoreRef[];
  readonly everyStore: boolean;
  readonly keys: readonly string[];
  /** What is there already is overwritten. */
  readonly replaces: boolean;
}

/** A Kubernetes Secret. */
export interface KubeSecret {
  readonly data: ReadonlyMap<string, SecretValue>;
  /** Another one after each write. */
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
  /** All of them, or those of a namespace; none where External Secrets is not installed. */
  list(namespace: string | undefined, signal: AbortSignal): Promise<readonly ExternalSecret[]>;
  /** All SecretStores and ClusterSecretStores. */
  stores(signal: AbortSignal): Promise<readonly ExternalStore[]>;
  /** All PushSecrets. */
  pushes(signal: AbortSignal): Promise<readonly PushSecret[]>;
  /** Has it look at its store now. `token` is anything that was not used before. */
  force(external: Pick<ExternalSecret, "namespace" | "name">, token: string, signal: AbortSignal): Promise<void>;
  /** Waits until it has looked since it was `external`, and is ready. SECRET_NOT_SYNCED when patience ends. */
  untilSynced(external: ExternalSecret, patience: WatchPatience, signal: AbortSignal): Promise<void>;
  secret(namespace: string, name: string, signal: AbortSignal): Promise<KubeSecret | undefined>;
}
