import type { Aws, AwsCalls } from "../aws/port.ts";
import type { LocatedFinding } from "../core/finding.ts";
import type { Cluster } from "../k8s/port.ts";
import type { Platform } from "../platform/schema.ts";

/** The context of checks of this machine. */
export interface MachineContext {
  /** `20.19.0` */
  readonly nodeVersion: string;
  /** Returns the output of `PROGRAM --version`, or undefined if the program is not on the PATH. */
  readonly versionOf: (program: string, signal: AbortSignal) => Promise<string | undefined>;
  /** Resolves if the sandbox can be compiled; throws SANDBOX_GO_MISSING otherwise. */
  readonly requireGo: () => Promise<void>;
  /** Returns the Python that the sandbox would use. Throws SANDBOX_PYTHON_MISSING. */
  readonly requirePython: () => Promise<string>;
  /** A folder with the control plane's programs, which makes Go unnecessary. */
  readonly kubernetesPrograms: string | undefined;
  /** Where the sandbox is compiled and cached. */
  readonly cacheFolder: string;
  /** Returns the free bytes on the disk of a folder, which need not exist yet. */
  readonly freeBytes: (folder: string) => Promise<number>;
  /** Returns the contexts of the kubeconfig, or undefined without one. Throws KUBECONFIG_INVALID. */
  readonly contexts: () => Promise<readonly string[] | undefined>;
  /** Throws the same errors as the command line: CONFIG_NOT_FOUND, CONFIG_INVALID, … */
  readonly platform: () => Promise<Platform>;
  /** Returns warnings about a valid gennet.yaml, with their place in it. */
  readonly reviewed: () => Promise<readonly LocatedFinding[]>;
}

/** The context of checks of one region or kubeconfig context. */
export interface PlaceContext {
  /** Undefined for a kubeconfig context without a region. */
  readonly aws?: () => Promise<Pick<Aws, "verifyAccount"> & AwsCalls<"eks", "cluster">>;
  /** The name of the EKS cluster; undefined for a kubeconfig context. */
  readonly clusterName?: string;
  readonly cluster: () => Promise<Pick<Cluster, "version" | "table">>;
}
