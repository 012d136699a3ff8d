import type { Aws, AwsCalls } from "../aws/port.ts";
import type { Cluster } from "../k8s/port.ts";
import type { Platform } from "../platform/schema.ts";

/** What the checks of this machine are given. */
export interface MachineContext {
  /** `20.19.0` */
  readonly nodeVersion: string;
  /** What a program says to `--version`; undefined where there is none on the PATH. */
  readonly versionOf: (program: string, signal: AbortSignal) => Promise<string | undefined>;
  /** Resolves where the sandbox can be compiled; throws SANDBOX_GO_MISSING. */
  readonly requireGo: () => Promise<void>;
  /** The Python that the sandbox would use; throws SANDBOX_PYTHON_MISSING. */
  readonly requirePython: () => Promise<string>;
  /** A folder with the control plane's programs, which makes Go unnecessary. */
  readonly kubernetesPrograms: string | undefined;
  /** Where the sandbox is built and kept. */
  readonly cacheFolder: string;
  /** Bytes that are free where the folder is, or would be. */
  readonly freeBytes: (folder: string) => Promise<number>;
  /** The kubeconfig's contexts; undefined where there is none. Throws KUBECONFIG_INVALID. */
  readonly contexts: () => Promise<readonly string[] | undefined>;
  /** Throws as the command line does: CONFIG_NOT_FOUND, CONFIG_INVALID, … */
  readonly platform: () => Promise<Platform>;
}

/** What the checks of one region or context are given. */
export interface PlaceContext {
  /** Absent for a bare kubeconfig context. */
  readonly aws?: () => Promise<Pick<Aws, "verifyAccount"> & AwsCalls<"eks", "cluster">>;
  /** The EKS cluster's name, where AWS is asked. */
  readonly clusterName?: string;
  readonly cluster: () => Promise<Pick<Cluster, "version" | "table">>;
}
