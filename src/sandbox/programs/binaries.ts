import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import { buildBinaries } from "./go-build.ts";
import { cacheFolder } from "../folders.ts";
import { withLock } from "../processes/lock.ts";
import { readPins, type Pins } from "./pins.ts";
import type { Setting } from "../setting.ts";

const names = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"] as const;
export type BinaryName = (typeof names)[number];

export type Binaries = Readonly<Record<BinaryName, string>>;

/**
 * The paths of the control plane's programs: from KUBEBUILDER_ASSETS (the convention of controller-runtime's envtest,
 * which puts etcd and kube-apiserver there; the others are taken, too), from the cache, else built from the pinned
 * modules. `detail` is told how far a build is. Throws SANDBOX_GO_MISSING and SANDBOX_BUILD_FAILED.
 */
export async function findBinaries(setting: Setting, detail: (text: string) => void): Promise<Binaries> {
  const pins = await readPins();
  const cache = join(cacheFolder(setting.host), pins.digest);
  const missing = (await locate(setting, cache)).missing;
  if (missing.length > 0) {
    await withLock(`${cache}.lock`, { waitMs: Infinity, what: "the sandbox's binaries" }, setting, async () => {
      const still = (await locate(setting, cache)).missing;
      if (still.length > 0) await buildBinaries(still, pins, cache, setting, detail);
    });
  }
  return (await locate(setting, cache)).found as Binaries;
}

async function locate(
  setting: Setting,
  cache: string,
): Promise<{ readonly found: Partial<Record<BinaryName, string>>; readonly missing: readonly BinaryName[] }> {
  const given = setting.host.env["KUBEBUILDER_ASSETS"];
  const found: Partial<Record<BinaryName, string>> = {};
  for (const name of names) {
    for (const folder of [...(given === undefined || given === "" ? [] : [given]), join(cache, "bin")]) {
      if (found[name] === undefined && (await isExecutable(join(folder, name)))) found[name] = join(folder, name);
    }
  }
  return { found, missing: names.filter((name) => found[name] === undefined) };
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The Kubernetes version that will be served: the pinned one, or what a given kube-apiserver says it is. */
export async function servedVersion(binaries: Binaries, pins: Pins, setting: Setting): Promise<string> {
  if (binaries["kube-apiserver"].startsWith(`${cacheFolder(setting.host)}/`)) return pins.kubernetes;
  const { execa } = await import("execa");
  const { stdout } = await execa(binaries["kube-apiserver"], ["--version"], { cancelSignal: setting.signal });
  return /v\d+\.\d+\.\d+\S*/.exec(stdout)?.[0] ?? pins.kubernetes;
}
