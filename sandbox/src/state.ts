import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../src/core/error.ts";
import type { FullPorts } from "./full/ports.ts";
import type { StartedProcess } from "./processes/daemon.ts";
import type { SandboxFolder } from "./folders.ts";
import type { Image } from "./pods/image.ts";
import type { CollectorPorts } from "./region/collector-ports.ts";
import type { StorePorts } from "./stores/store.ts";

export interface RegionPorts {
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly apiserver: number;
  readonly controllerManager: number;
  readonly scheduler: number;
  readonly kwok: number;
}

/** The size of a sandbox: core has control planes and AWS; full adds Istio, Argo CD and the others. */
export type Profile = "core" | "full";

/** What a region has once an image is registered. */
export interface RegionPods {
  /** The health port of its pod runtime. */
  readonly port: number;
  /** The port to which API servers send requests for the pods' logs, exec and port-forward. */
  readonly kubeletPort: number;
  /** The first address of the pods' range. */
  readonly range: string;
}

export interface SandboxRegion {
  readonly awsRegion: string;
  readonly ports: RegionPorts;
  /** Present if its profile is full. */
  readonly full?: FullPorts;
  readonly pods?: RegionPods;
  readonly stores?: StorePorts;
  /** Present once upstream's images are registered. */
  readonly tracing?: CollectorPorts;
}

export interface AwsState {
  readonly port: number;
  readonly authenticatorPort: number;
  /** How many of AWS's seconds pass in one real second. */
  readonly clockScale: number;
  readonly accountId: string;
  /** Random for each sandbox, and useless elsewhere. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What a sandbox records in state.json. Running processes are in `processes`, by component id. */
export interface SandboxState {
  readonly format: 1;
  readonly name: string;
  readonly profile: Profile;
  /** Profile full without the platform, which `gennet region bootstrap` brings. */
  readonly bare?: true;
  readonly createdAt: string;
  readonly regions: readonly SandboxRegion[];
  readonly aws: AwsState;
  readonly processes: Readonly<Record<string, StartedProcess>>;
  /** Ids of components that are down on purpose; see `gennet sandbox fail`. */
  readonly failed?: readonly string[];
  /** The images of real pods; see `gennet sandbox image`. */
  readonly images?: readonly Image[];
}

/** Returns whether the platform's components run as processes beside the clusters, and not in them. */
export function runsBeside({ profile, bare }: Pick<SandboxState, "profile" | "bare">): boolean {
  return profile === "full" && bare !== true;
}

/** Returns undefined if there is no such sandbox. Throws SANDBOX_STATE_INVALID if it cannot be read. */
export async function readState(folder: SandboxFolder, name: string): Promise<SandboxState | undefined> {
  let text: string;
  try {
    text = await readFile(folder.state, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const state = parsed(text);
  if (state?.format === 1) return state;
  throw new AppError("SANDBOX_STATE_INVALID", `${folder.state} cannot be read by this version of gennet.`, {
    next: [`gennet sandbox down --name ${name}  # removes the sandbox; up creates a new one`],
  });
}

function parsed(text: string): SandboxState | undefined {
  try {
    return JSON.parse(text) as SandboxState;
  } catch {
    return undefined;
  }
}

export async function writeState(folder: SandboxFolder, state: SandboxState): Promise<void> {
  await writePrivate(folder.state, `${JSON.stringify(state, null, 2)}\n`);
}

/** Writes it atomically, readable only by its owner. */
export async function writePrivate(path: string, text: string, mode = 0o600): Promise<void> {
  const { default: writeFileAtomic } = await import("write-file-atomic");
  await writeFileAtomic(path, text, { mode });
}

/** Returns the ports of all sandboxes of this user, up or not. */
export async function takenPorts(root: string): Promise<ReadonlySet<number>> {
  const names = await readdir(root).catch(() => []);
  const texts = await Promise.all(
    names.map((name) => readFile(join(root, name, "state.json"), "utf8").catch(() => "")),
  );
  return new Set(
    texts.flatMap((text) => {
      const state = parsed(text);
      if (state?.format !== 1) return [];
      return [
        state.aws.port,
        state.aws.authenticatorPort,
        ...state.regions.flatMap(({ ports, full = {}, pods, stores = {}, tracing = {} }) => [
          ...[ports, stores, tracing, ...Object.values(full)].flatMap((each) => Object.values(each) as number[]),
          ...(pods === undefined ? [] : [pods.port, pods.kubeletPort]),
        ]),
      ];
    }),
  );
}
