import { createHash } from "node:crypto";
import { chmod, cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../../src/core/error.ts";
import { isThere } from "../../../src/core/is-there.ts";
import { cacheFolder } from "../folders.ts";
import { withLock } from "../processes/lock.ts";
import { envoyBootstrap } from "../programs/crds.ts";
import { downloadSource, sources } from "../programs/sources.ts";
import type { Setting } from "../setting.ts";
import { definitionTemplates } from "./definition-templates.ts";
import type { UpstreamVersions } from "./versions.ts";

/** Changes with what is made of the sources. */
const layout = 1;

/** Those that Argo CD's image has, and the programs call. */
export const argocdScripts = ["git-verify-wrapper.sh", "gpg-wrapper.sh"];

type SourceName = keyof typeof sources;

/** Files of the pinned modules. */
export interface UpstreamFiles {
  /** A folder of charts and manifests: `charts/CHART/VERSION` and `argo-cd/VERSION`. */
  readonly mirror: string;
  /** A folder of files of images: Argo CD's scripts, and Envoy's bootstrap configuration. */
  readonly images: string;
}

/** Returns upstream's files, downloaded once. Throws SANDBOX_GO_MISSING and SANDBOX_BUILD_FAILED. */
export async function findUpstreamFiles(
  versions: UpstreamVersions,
  setting: Setting,
  detail: (text: string) => void,
): Promise<UpstreamFiles> {
  const digest = createHash("sha256")
    .update(JSON.stringify([layout, sources, versions]))
    .digest("hex")
    .slice(0, 16);
  const folder = join(cacheFolder(setting.host), `upstream-${digest}`);
  const files = { mirror: join(folder, "mirror"), images: join(folder, "images") };
  if (await isThere(folder)) return files;
  return withLock(`${folder}.lock`, { waitMs: Infinity, what: "upstream's charts" }, setting, async () => {
    if (await isThere(folder)) return files;
    const work = `${folder}.fetching`;
    try {
      const made = join(work, "made");
      await mkdir(join(work, "tmp"), { recursive: true });
      await mkdir(join(made, "images"), { recursive: true });
      for (const name of Object.keys(sources) as SourceName[]) {
        detail(`downloading ${sources[name].module}`);
        const source = await downloadSource(sources[name], work, setting);
        if (source === undefined) throw goMissing();
        await takers[name](source, made, versions);
      }
      await rename(made, folder);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
    return files;
  });
}

function goMissing(): AppError {
  return new AppError("SANDBOX_GO_MISSING", "Go is missing, which is needed to download upstream's charts.", {
    next: ["gennet explain SANDBOX_GO_MISSING"],
  });
}

type Take = (source: string, target: string, versions: UpstreamVersions) => Promise<void>;

const takers: Readonly<Record<SourceName, Take>> = {
  async istio(source, target, { istio, nextIstio }) {
    for (const version of [istio, nextIstio]) await takeIstioCharts(source, target, version);
    await cp(join(source, envoyBootstrap), join(target, "images", "envoy_bootstrap.json"));
  },
  /** Its one dependency, off by default, is not in the module; what upstream's release build generates is. */
  async "external-secrets"(source, target, versions) {
    const version = versions["external-secrets"];
    const made = join(target, "mirror", "charts", "external-secrets", version);
    await cp(join(source, "deploy", "charts", "external-secrets"), made, { recursive: true });
    await rm(join(made, "Chart.lock"));
    await replaceIn(join(made, "Chart.yaml"), /^dependencies:\n(?:[ -].*\n)+/m, "");
    await replaceIn(join(made, "Chart.yaml"), /^version: .*$/m, `version: "${version}"`);
    await replaceIn(join(made, "Chart.yaml"), /^appVersion: .*$/m, `appVersion: "v${version}"`);
    const templates = definitionTemplates(await readFile(join(source, "deploy", "crds", "bundle.yaml"), "utf8"));
    for (const [name, text] of Object.entries(templates)) {
      await writeFile(join(made, "templates", "crds", `${name}.yaml`), text);
    }
  },
  async argocd(source, target, { argocd }) {
    const made = join(target, "mirror", "argo-cd", argocd);
    await mkdir(made, { recursive: true });
    for (const each of ["install.yaml", "namespace-install.yaml", "crds"]) {
      await cp(join(source, "manifests", each), join(made, each), { recursive: true });
    }
    // Scripts of its image; files of a module are not executable.
    for (const each of argocdScripts) {
      await cp(join(source, "hack", each), join(target, "images", each));
      await chmod(join(target, "images", each), 0o755);
    }
  },
};

async function replaceIn(file: string, pattern: RegExp, replacement: string): Promise<void> {
  const text = await readFile(file, "utf8");
  const changed = text.replace(pattern, replacement);
  if (changed === text) throw new Error(`${file} has nothing that matches ${pattern}`);
  await writeFile(file, changed);
}

/** Upstream's release build writes the version and the images' registry into the charts; this does, too. */
async function takeIstioCharts(source: string, target: string, version: string): Promise<void> {
  const folders = { base: "base", cni: "istio-cni", istiod: "istio-control/istio-discovery", gateway: "gateway" };
  for (const [chart, folder] of Object.entries(folders)) {
    const made = join(target, "mirror", "charts", chart, version);
    await cp(join(source, "manifests", "charts", folder), made, { recursive: true });
    await replaceIn(join(made, "Chart.yaml"), /^(version|appVersion): 1\.0\.0$/gm, `$1: ${version}`);
  }
  for (const chart of ["cni", "istiod"]) {
    const values = join(target, "mirror", "charts", chart, version, "values.yaml");
    await replaceIn(values, /^( +hub): registry\.istio\.io\/testing$/gm, "$1: docker.io/istio");
    await replaceIn(values, /^( +tag): latest$/gm, `$1: ${version}`);
  }
}
