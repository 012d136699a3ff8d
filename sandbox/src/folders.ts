import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { xdgFolder } from "../../src/core/xdg.ts";
import type { Host } from "../../src/host/host.ts";

type Home = Pick<Host, "env" | "home">;

/** Binaries and the Python environment, shared by all sandboxes; may be deleted at any time while none is up. */
export function cacheFolder({ env, home }: Home): string {
  return join(xdgFolder(env["XDG_CACHE_HOME"], home, ".cache"), "gennet", "sandbox");
}

/** Where the sandboxes of this user live, a folder each. */
export function stateRoot({ env, home }: Home): string {
  return join(xdgFolder(env["XDG_STATE_HOME"], home, ".local/state"), "gennet", "sandbox");
}

/** The paths of one sandbox. Everything it keeps, except the lock, is below `root`. */
export interface SandboxFolder {
  readonly root: string;
  readonly state: string;
  readonly kubeconfig: string;
  readonly lock: string;
  /** Of profile full: the GitOps repository, bare, and the programs that a person uses with it. */
  readonly repository: string;
  readonly bin: string;
  log(component: string): string;
  region(awsRegion: string, ...path: string[]): string;
  aws(...path: string[]): string;
}

export function sandboxFolder(home: Home, name: string): SandboxFolder {
  return folderAt(join(stateRoot(home), name));
}

/** For a process of the sandbox itself, which is told where it lives. */
export function folderAt(root: string): SandboxFolder {
  return {
    root,
    state: join(root, "state.json"),
    kubeconfig: join(root, "kubeconfig"),
    lock: join(dirname(root), `.${basename(root)}.lock`),
    repository: join(root, "git", "platform.git"),
    bin: join(root, "bin"),
    log: (component) => join(root, "logs", `${component.replace("/", "-")}.log`),
    region: (awsRegion, ...path) => join(root, "regions", awsRegion, ...path),
    aws: (...path) => join(root, "aws", ...path),
  };
}

/** The `sandbox/` folder of the installed package: found upwards from this module, bundled or not. */
export function shippedFolder(...path: string[]): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const shipped = join(folder, "sandbox");
    if (existsSync(join(shipped, "kubernetes", "go.mod"))) return join(shipped, ...path);
    if (dirname(folder) === folder) throw new Error("the package lacks its folder sandbox/");
  }
}
