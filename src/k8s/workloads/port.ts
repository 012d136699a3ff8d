import type { WatchPatience } from "../follow.ts";

/** How a container gets values of a Kubernetes Secret. */
export interface SecretUse {
  readonly container: string;
  readonly as: "variable" | "file";
  /**
   * The variable's name, or the file's path. Without a key: what comes before the key, a prefix or `FOLDER/`. Absent
   * where the spec does not tell.
   */
  readonly at?: string;
  /** The Secret's key; absent where all keys are given. */
  readonly key?: string;
  /** Variables that the container gets from elsewhere instead: `env` goes before `envFrom`. */
  readonly hidden?: ReadonlySet<string>;
  /** A later `envFrom` may give the same variables, and would win. */
  readonly contested?: boolean;
}

/** A workload whose pods get values of a Kubernetes Secret. */
export interface Consumer {
  readonly kind: "Deployment" | "StatefulSet" | "DaemonSet";
  readonly namespace: string;
  readonly name: string;
  /** How its containers get the Secret's values; empty where only init containers do. */
  readonly uses: readonly SecretUse[];
  /** Of its pod template. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Why a change of its pod template would not bring new pods; absent where it would. */
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

/** A pod that gets values of a Kubernetes Secret, whatever made it. */
export interface SecretPod extends ConsumerPod {
  readonly uses: readonly SecretUse[];
  /** What made it: `Job nightly`; absent where it is on its own. */
  readonly owner?: string;
}

/** A SecretProviderClass of AWS: what pods that mount it read themselves, without a Kubernetes Secret. */
export interface ProviderClass {
  readonly namespace: string;
  readonly name: string;
  /** Names or ARNs of secrets in Secrets Manager; absent where its objects cannot be read. */
  readonly keys?: readonly string[];
}

/** Values in a container. */
export interface ContainerValues {
  readonly container: string;
  readonly values: readonly { readonly as: SecretUse["as"]; readonly at: string }[];
}

/** One for each value; undefined for one that is not there. */
export type Fingerprints = readonly (string | undefined)[] | undefined;

/** The workloads of one cluster. Errors are those of the Cluster port, ROLLOUT_FAILED and ROLLOUT_NOT_DONE. */
export interface Workloads {
  /** Deployments, StatefulSets and DaemonSets of a namespace that get values of the Secret. */
  consumers(namespace: string, secret: string, signal: AbortSignal): Promise<readonly Consumer[]>;
  /** Has its pods replaced, as its own strategy says: by annotations of its pod template. */
  restart(consumer: Consumer, annotations: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void>;
  /** Waits until all its pods are of its newest template and available. */
  untilRolledOut(consumer: Consumer, patience: WatchPatience, signal: AbortSignal): Promise<void>;
  /** Its own pods that run and are not being deleted. */
  pods(consumer: Consumer, signal: AbortSignal): Promise<readonly ConsumerPod[]>;
  /** All pods of a namespace that run, are not being deleted, and get values of the Secret. */
  users(namespace: string, secret: string, signal: AbortSignal): Promise<readonly SecretPod[]>;
  /** Those of AWS in all namespaces; none where the Secrets Store CSI driver is not installed. */
  providerClasses(signal: AbortSignal): Promise<readonly ProviderClass[]>;
  /**
   * Fingerprints of what the container was given, in the order asked for, made inside of it: the values stay there.
   * Undefined where the container cannot tell: no shell, no sha256sum, or exec does not get through.
   */
  fingerprints(pod: ConsumerPod, given: ContainerValues, key: string, signal: AbortSignal): Promise<Fingerprints>;
}
