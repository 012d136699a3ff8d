import { constants } from "node:fs/promises";
import { join } from "node:path";
import { isThere } from "../../../src/core/is-there.ts";
import { cacheFolder } from "../folders.ts";
import { withLock } from "../processes/lock.ts";
import type { Setting } from "../setting.ts";
import { type ModuleName, moduleOf, type ProgramName, type ProgramOf, programsOf } from "./catalogue.ts";
import { buildPrograms } from "./go-build.ts";
import { readModule } from "./program-module.ts";

/** The path of each program of a module. */
export type Programs<Name extends ModuleName> = Readonly<Record<ProgramOf<Name>, string>>;

/**
 * Returns the paths of a module's programs: from KUBEBUILDER_ASSETS (the convention of controller-runtime's envtest,
 * which puts etcd and kube-apiserver there; others are used, too), from the cache, or compiled from the pinned module.
 * `detail` reports the progress. Throws SANDBOX_GO_MISSING and SANDBOX_BUILD_FAILED.
 */
export async function findPrograms<Name extends ModuleName>(
  setting: Setting,
  name: Name,
  detail: (text: string) => void,
): Promise<Programs<Name>> {
  const module = await readModule(name);
  const cache = join(cacheFolder(setting.host), module.digest);
  const wanted = Object.keys(programsOf(name));
  const missing = (await locate(wanted, setting, cache)).missing;
  if (missing.length > 0) {
    await withLock(`${cache}.lock`, { waitMs: Infinity, what: `the sandbox's ${name} programs` }, setting, async () => {
      const still = (await locate(wanted, setting, cache)).missing;
      if (still.length > 0) await buildPrograms(still, module, cache, setting, detail);
    });
  }
  return (await locate(wanted, setting, cache)).found;
}

/** Returns the path of one program; see {@link findPrograms}. */
export async function findSandboxProgram(
  setting: Setting,
  program: ProgramName,
  detail: (text: string) => void,
): Promise<string> {
  const found: Readonly<Record<string, string>> = await findPrograms(setting, moduleOf(program), detail);
  return found[program] as string;
}

/** Returns the path of a program that exists; undefined if it would have to be compiled. */
export async function findCachedProgram(
  setting: Pick<Setting, "host">,
  program: ProgramName,
): Promise<string | undefined> {
  const { digest } = await readModule(moduleOf(program));
  return (await locate([program], setting, join(cacheFolder(setting.host), digest))).found[program];
}

async function locate(
  names: readonly string[],
  setting: Pick<Setting, "host">,
  cache: string,
): Promise<{ readonly found: Readonly<Record<string, string>>; readonly missing: readonly string[] }> {
  const given = setting.host.env["KUBEBUILDER_ASSETS"];
  const found: Record<string, string> = {};
  for (const name of names) {
    for (const folder of [...(given === undefined || given === "" ? [] : [given]), join(cache, "bin")]) {
      if (found[name] === undefined && (await isThere(join(folder, name), constants.X_OK)))
        found[name] = join(folder, name);
    }
  }
  return { found, missing: names.filter((name) => found[name] === undefined) };
}
