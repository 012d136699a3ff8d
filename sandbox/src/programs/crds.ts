import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { KubeObject } from "../../../src/core/kubernetes/object.ts";
import { cacheFolder } from "../folders.ts";
import { withLock } from "../processes/lock.ts";
import type { Setting } from "../setting.ts";
import { writePrivate } from "../state.ts";
import { downloadSource, sources, type SourceModule } from "./sources.ts";

interface CrdModule extends SourceModule {
  /** A file of the module, or a folder of which the *-crd.yaml files are used. */
  readonly path: string;
  /** A file that is kept unchanged. */
  readonly keep?: string;
}

/** The template from which a sidecar's agent creates Envoy's configuration. */
export const envoyBootstrap = "tools/packaging/common/envoy_bootstrap.json";

/** The API extensions that every region of the platform has, from the modules that define them. */
const modules: readonly CrdModule[] = [
  { ...sources.istio, path: "manifests/charts/base/files/crd-all.gen.yaml", keep: envoyBootstrap },
  { ...sources.argocd, path: "manifests/crds" },
  { ...sources["external-secrets"], path: "deploy/crds/bundle.yaml" },
];

export interface CrdSet {
  /** The digest of the definitions: equal digests mean equal definitions. */
  readonly digest: string;
  readonly items: readonly KubeObject[];
  /** Texts of other files of the modules, by their paths there. */
  readonly files: Readonly<Record<string, string>>;
}

type Fetched = Omit<CrdSet, "digest">;

/**
 * Returns the pinned CustomResourceDefinitions, downloaded with Go once and then kept. Undefined if that requires Go
 * and it is missing.
 */
export async function findCrds(setting: Setting, detail: (text: string) => void): Promise<CrdSet | undefined> {
  const digest = createHash("sha256").update(JSON.stringify(modules)).digest("hex").slice(0, 16);
  const path = join(cacheFolder(setting.host), `crds-${digest}.json`);
  const load = async (): Promise<CrdSet | undefined> => {
    const text = await readFile(path, "utf8").catch(() => undefined);
    return text === undefined ? undefined : { digest, ...(JSON.parse(text) as Fetched) };
  };
  const known = await load();
  if (known !== undefined) return known;
  return withLock(`${path}.lock`, { waitMs: Infinity, what: "the sandbox's CRDs" }, setting, async () => {
    const fetched = await load();
    if (fetched !== undefined) return fetched;
    const all = await fetchAll(setting, detail);
    if (all === undefined) return undefined;
    await writePrivate(path, JSON.stringify(all));
    return { digest, ...all };
  });
}

/** Modules are downloaded to their own folder, 385 MB of which only the definitions are kept. */
async function fetchAll(setting: Setting, detail: (text: string) => void): Promise<Fetched | undefined> {
  const work = join(cacheFolder(setting.host), "crds.fetching");
  await mkdir(join(work, "tmp"), { recursive: true });
  try {
    const items: KubeObject[] = [];
    const files: Record<string, string> = {};
    for (const each of modules) {
      detail(`downloading ${each.module}`);
      const folder = await downloadSource(each, work, setting);
      if (folder === undefined) return undefined;
      items.push(...(await readDefinitions(join(folder, each.path))));
      if (each.keep !== undefined) files[each.keep] = await readFile(join(folder, each.keep), "utf8");
    }
    return { items, files };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function readDefinitions(path: string): Promise<KubeObject[]> {
  const files = (await stat(path)).isDirectory()
    ? (await readdir(path)).filter((name) => name.endsWith("-crd.yaml")).map((name) => join(path, name))
    : [path];
  const texts = await Promise.all(files.sort().map((file) => readFile(file, "utf8")));
  return texts
    .flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as KubeObject | null))
    .filter((object): object is KubeObject => object?.kind === "CustomResourceDefinition");
}
