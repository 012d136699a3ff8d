import type { WatchPatience } from "../follow.ts";

/** How a container gets values of a Kubernetes Secret. */
export interface SecretUse {
  readonly container: string;
  readonly as: "variable" | "file";
  /**
   * The variable's name, or the file's path. Without a key: the part before the key, a prefix or `FOLDER/`. Absent if
   * the spec does not show it.
   */
  readonly at?: string;
  /** The Secret's key; absent if the container gets all keys. */
  readonly key?: string;
  /** Variables that the container gets from elsewhere: `env` takes precedence over `envFrom`. */
  readonly hidden?: ReadonlySet<string>;
  /** Whether a later `envFrom` may set the same variables, and would win. */
  readonly contested?: boolean;
}

/** A workload whose pods get values of a Kubernetes Secret. */
export interface Consumer {
  readonly kind: "Deployment" | "StatefulSet" | "DaemonSet";
  readonly namespace: string;
  readonly name: string;
  /** How its containers get the Secret's values; empty if only init containers do. */
  readonly uses: readonly SecretUse[];
  /** The annotations of its pod template. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Why a change to its pod template would not create new pods; absent if it would. */
  readonly blockedReason?: string;
  readonly selector: string;
}

export interface ConsumerPod {
  readonly namespace: string;
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly ready: boolean;
  /** By the API server's clock; milliseconds since the epoch. */
  readonly createdAt: number;
}

/** A pod that gets values of a Kubernetes Secret, whatever its owner. */
export interface SecretPod extends ConsumerPod {
  readonly uses: readonly SecretUse[];
  /** Its owner: `Job nightly`; absent if it has none. */
  readonly owner?: string;
}

/** A SecretProviderClass of AWS: the secrets that pods mount directly, without a Kubernetes Secret. */
export interface ProviderClass {
  readonly namespace: string;
  readonly name: string;
  /** Names or ARNs of secrets in Secrets Manager; absent if its objects cannot be parsed. */
  readonly keys?: readonly string[];
}

/** Values in a container. */
export interface ContainerValues {
  readonly container: string;
  readonly values: readonly { readonly as: SecretUse["as"]; readonly at: string }[];
}

/** One fingerprint for each value, undefined for a missing value. */
export type Fingerprints = readonly (string | undefined)[] | undefined;

/** The workloads of one cluster. Errors are those of the Cluster port, ROLLOUT_FAILED and ROLLOUT_NOT_DONE. */
export interface Workloads {
  /** Returns the Deployments, StatefulSets and DaemonSets of a namespace that get values of the Secret. */
  consumers(namespace: string, secret: string, signal: AbortSignal): Promise<readonly Consumer[]>;
  /** Replaces its pods according to its own strategy, by annotating its pod template. */
  restart(consumer: Consumer, annotations: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void>;
  /** Waits until all its pods have its newest template and are available. */
  untilRolledOut(consumer: Consumer, patience: WatchPatience, signal: AbortSignal): Promise<void>;
  /** Returns its running pods, without those that are being deleted. */
  pods(consumer: Consumer, signal: AbortSignal): Promise<readonly ConsumerPod[]>;
  /** Returns the running pods of a namespace that get values of the Secret, without those that are being deleted. */
  users(namespace: string, secret: string, signal: AbortSignal): Promise<readonly SecretPod[]>;
  /** Returns those of AWS in all namespaces; none if the Secrets Store CSI driver is not installed. */
  providerClasses(signal: AbortSignal): Promise<readonly ProviderClass[]>;
  /**
   * Returns fingerprints of the values in a container, in the given order. They are computed in the container, so that
   * the values stay there. Undefined if that is impossible: no shell, no sha256sum, or exec fails.
   */
  fingerprints(pod: ConsumerPod, given: ContainerValues, key: string, signal: AbortSignal): Promise<Fingerprints>;
}
