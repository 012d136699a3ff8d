import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { xdgFolder } from "../../src/core/xdg.ts";
import type { Host } from "../../src/host/host.ts";

type Home = Pick<Host, "env" | "home">;

/** Binaries and the Python environment, shared by all sandboxes; may be deleted at any time while no sandbox is up. */
export function cacheFolder({ env, home }: Home): string {
  return join(xdgFolder(env["XDG_CACHE_HOME"], home, ".cache"), "gennet", "sandbox");
}

/** The folder of this user's sandboxes, with a subfolder for each. */
export function stateRoot({ env, home }: Home): string {
  return join(xdgFolder(env["XDG_STATE_HOME"], home, ".local/state"), "gennet", "sandbox");
}

/** The paths of one sandbox. All its files, except the lock, are below `root`. */
export interface SandboxFolder {
  readonly root: string;
  readonly state: string;
  readonly kubeconfig: string;
  readonly lock: string;
  /** The bare GitOps repository. */
  readonly repository: string;
  /** The bare repository of upstream's charts and manifests. */
  readonly mirror: string;
  /** Profile full: the programs for the user's PATH. */
  readonly bin: string;
  log(component: string): string;
  region(awsRegion: string, ...path: string[]): string;
  aws(...path: string[]): string;
}

export function sandboxFolder(home: Home, name: string): SandboxFolder {
  return folderAt(join(stateRoot(home), name));
}

/** Returns the paths for a process of the sandbox itself, which gets `root` as an argument. */
export function folderAt(root: string): SandboxFolder {
  return {
    root,
    state: join(root, "state.json"),
    kubeconfig: join(root, "kubeconfig"),
    lock: join(dirname(root), `.${basename(root)}.lock`),
    repository: join(root, "git", "platform.git"),
    mirror: join(root, "git", "mirror.git"),
    bin: join(root, "bin"),
    log: (component) => join(root, "logs", `${component.replace("/", "-")}.log`),
    region: (awsRegion, ...path) => join(root, "regions", awsRegion, ...path),
    aws: (...path) => join(root, "aws", ...path),
  };
}

/** The `sandbox/` folder of the installed package, found upwards from this module, whether it is bundled or not. */
export function shippedFolder(...path: string[]): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const shipped = join(folder, "sandbox");
    if (existsSync(join(shipped, "kubernetes", "go.mod"))) return join(shipped, ...path);
    if (dirname(folder) === folder) throw new Error("the package lacks its folder sandbox/");
  }
}
