import { readdir, realpath, stat } from "node:fs/promises";
import { dirname, join, posix, resolve } from "node:path";
import { shell } from "../core/shell-words.ts";
import type { Kustomize } from "../kustomize/port.ts";
import type { Build, Unbuilt } from "./build.ts";
import { texts } from "./fields.ts";
import {
  closureOf,
  helmFieldOf,
  type Kustomization,
  type KustomizationInput,
  kustomizationNames,
  kustomizationOf,
  isRemote,
  rootsOf,
} from "./kustomization.ts";
import { kindsIn, type ParsedFile, parseManifests } from "./parse-manifests.ts";
import { buildableParts } from "./partial-builds.ts";
import { isInside, isTemplateFile, largestFile, readSource, readSources, type SourceFile } from "./source-files.ts";
import { isWaiverFile, readWaiversAbove, type WaiverFile } from "./waiver-files.ts";

/** Everything that was read in a path, and the results of Kustomize. */
export interface ReadTree {
  /** The path as given by the user. */
  readonly path: string;
  readonly files: readonly ParsedFile[];
  /** Links in the path that were not followed: `a.yaml has no target`. */
  readonly passedOver: readonly string[];
  /** Files outside the path that builds refer to. They are only checked as parts of these builds. */
  readonly borrowed: readonly ParsedFile[];
  readonly waivers: readonly WaiverFile[];
  /** The contents of env files that generators read, by path. */
  readonly variables: ReadonlyMap<string, string>;
  /** By the folder of the root kustomization. */
  readonly builds: ReadonlyMap<string, Build>;
}

export interface ReadOptions {
  readonly cwd: string;
  readonly path: string;
  readonly kustomize: Kustomize;
  readonly signal: AbortSignal;
}

/** Reads a path and everything in the repository that its kustomizations refer to, and builds every root. */
export async function readTree({ cwd, path, kustomize, signal }: ReadOptions): Promise<ReadTree> {
  const repository = await repositoryOf(cwd, path);
  const boundary = repository ?? (await boundaryOf(cwd, path));
  const { files: sources, passedOver } = await readSources(cwd, path, boundary, signal);
  const manifests = sources.filter(({ file }) => !isWaiverFile(file));
  const files = parseFiles(manifests);
  const around = await readAround(files, { cwd, boundary, signal });
  const all = new Map<string, Kustomization>();
  for (const file of [...files, ...around.borrowed]) {
    const own = kustomizationOf(file);
    if (own !== undefined) all.set(own.folder, own);
  }
  const here = await realpath(cwd);
  const obstacleTo = (root: Kustomization): Unbuilt | undefined =>
    obstacleOf(root.folder, closureOf(root, all), around.barred);
  const build = async (root: Kustomization): Promise<Build> => {
    const folder = await realpath(resolve(cwd, root.folder));
    const { isComponent, manifest } = root;
    const annotated = !closureOf(root, all).some((each) => hashesOthers(each, [...files, ...around.borrowed]));
    const buildMetadata = texts(manifest.value, "buildMetadata").filter((each) => each === "managedByLabel");
    const made = await kustomize.build({ folder, isComponent, annotated, buildMetadata });
    return made.outcome === "refused" ? { ...made, message: withoutFolder(made.message, here) } : made;
  };
  const roots = rootsOf(all).map((root) => ({ root, obstacle: obstacleTo(root) }));
  const parts = roots.flatMap(({ root, obstacle }) =>
    obstacle === undefined ? [root] : buildableParts(root, all, (part) => obstacleTo(part) === undefined),
  );
  const made = [...new Set(parts)].map(async (root): Promise<[string, Build]> => [root.folder, await build(root)]);
  const barred = roots.flatMap(({ root, obstacle }): [string, Build][] =>
    obstacle === undefined ? [] : [[root.folder, obstacle]],
  );
  const builds = [...barred, ...(await Promise.all(made))];
  return {
    path,
    files,
    passedOver,
    borrowed: around.borrowed,
    variables: around.variables,
    waivers: [...sources.filter(({ file }) => isWaiverFile(file)), ...(await readWaiversAbove(cwd, path, repository))],
    builds: new Map(builds),
  };
}

/** Paths as shown in findings. */
function withoutFolder(message: string, folder: string): string {
  return message.replaceAll(`${folder}/`, "").replaceAll(`'${folder}'`, "'.'");
}

/** The Git repository that contains the path. */
async function repositoryOf(cwd: string, path: string): Promise<string | undefined> {
  const target = await realpath(resolve(cwd, path)).catch(() => resolve(cwd, path));
  for (let folder = target; folder !== dirname(folder); folder = dirname(folder)) {
    if (await isThere(join(folder, ".git"))) return folder;
  }
  return undefined;
}

/** Without a repository: the current folder, or the path if it is outside. */
async function boundaryOf(cwd: string, path: string): Promise<string> {
  const target = await realpath(resolve(cwd, path)).catch(() => resolve(cwd, path));
  const current = await realpath(cwd).catch(() => cwd);
  if (isInside(current, target)) return current;
  return (await stat(target).then(
    (found) => found.isDirectory(),
    () => true,
  ))
    ? target
    : dirname(target);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Templates of Helm charts are next to their Chart.yaml. */
export function parseFiles(files: readonly SourceFile[]): readonly ParsedFile[] {
  const charts = files.map(({ file }) => file).filter((file) => posix.basename(file) === "Chart.yaml");
  const templates = charts.map((chart) => posix.join(posix.dirname(chart), "templates/"));
  return files.map((source) =>
    parseFile(
      source,
      templates.some((folder) => source.file.startsWith(folder)),
    ),
  );
}

function parseFile({ file, content, problem }: SourceFile, inChart: boolean): ParsedFile {
  const parsed = parseManifests(file, content, inChart || isTemplateFile(file));
  if (problem === undefined) return parsed;
  return {
    ...parsed,
    unreadable: [{ location: { file }, summary: problem, template: true, mentions: kindsIn(content) }],
  };
}

interface Around {
  readonly borrowed: readonly ParsedFile[];
  readonly variables: ReadonlyMap<string, string>;
  /** Inputs that builds must not read, and why. */
  readonly barred: ReadonlyMap<string, string>;
}

interface Bounds {
  readonly cwd: string;
  readonly boundary: string;
  readonly signal: AbortSignal;
}

/** Follows the references of kustomizations, within the boundary. */
async function readAround(files: readonly ParsedFile[], bounds: Bounds): Promise<Around> {
  const known = new Set(files.map(({ file }) => file));
  const borrowed: ParsedFile[] = [];
  const variables = new Map<string, string>();
  const barred = new Map<string, string>();
  const seen = new Set<string>();
  const waiting = files.flatMap((file) => kustomizationOf(file) ?? []);
  const folders = new Set(waiting.map(({ folder }) => folder));
  for (let own = waiting.shift(); own !== undefined; own = waiting.shift()) {
    for (const { file, target, use } of own.inputs) {
      bounds.signal.throwIfAborted();
      if (isRemote(target) || seen.has(file) || folders.has(file)) continue;
      seen.add(file);
      const found = await lookAt(resolve(bounds.cwd, file), bounds.boundary);
      if (found.why !== undefined) barred.set(file, found.why);
      if (found.path === undefined) continue;
      const source = await readSource(bounds.cwd, found.path);
      if (use === "variables") variables.set(source.file, source.content);
      if (known.has(source.file) || use === "data" || use === "variables") continue;
      known.add(source.file);
      const parsed = parseFile(source, false);
      borrowed.push(parsed);
      const kustomization = kustomizationOf(parsed);
      if (kustomization === undefined) continue;
      folders.add(kustomization.folder);
      waiting.push(kustomization);
    }
  }
  return { borrowed, variables, barred };
}

interface Looked {
  /** Returns the file to read: the given one, or the kustomization of the given folder. */
  readonly path?: string;
  /** Returns why a build must not read it. */
  readonly why?: string;
}

/** Kustomize reports missing files. */
async function lookAt(path: string, boundary: string): Promise<Looked> {
  const real = await realpath(path).catch(() => undefined);
  if (!isInside(boundary, real ?? path)) return { why: "is outside the repository, or the folder being linted" };
  if (real === undefined) return {};
  const found = await stat(real);
  if (found.isDirectory()) {
    const name = (await readdir(real)).find((each) => kustomizationNames.includes(each));
    return name === undefined ? {} : { path: join(path, name) };
  }
  if (!found.isFile()) return { why: "is not a regular file" };
  return found.size > largestFile ? { why: `is too large (${Math.round(found.size / 1024 / 1024)} MiB)` } : { path };
}

/** Returns why a build is not attempted: what it would fetch, run, or read from outside. */
function obstacleOf(folder: string, closure: readonly Kustomization[], barred: Around["barred"]): Unbuilt | undefined {
  const built = (...flags: readonly string[]): string =>
    shell`kubectl kustomize ${[...flags, folder]} > built.yaml && gennet lint built.yaml`;
  for (const { manifest, inputs, isTemplate } of closure) {
    const unknown = (path: KustomizationInput["path"], reason: string, fix?: string): Unbuilt => {
      return { outcome: "unknown", reason, at: { manifest, path }, ...(fix === undefined ? {} : { fix }) };
    };
    if (isTemplate) return unknown([], "the kustomization is a template");
    const helm = helmFieldOf(manifest);
    if (helm !== undefined) {
      return unknown([helm], `${helm} inflates a Helm chart, which gennet does not support`, built("--enable-helm"));
    }
    for (const { path, target, file } of inputs) {
      if (isRemote(target)) {
        return unknown(path, `${target} would be fetched from the network, which gennet does not support`, built());
      }
      const why = barred.get(file);
      if (why !== undefined) return unknown(path, `${target} ${why}`);
    }
  }
  return undefined;
}

/** The hash suffix of a name depends on the whole object, including its annotations (kustomize, api/hasher). */
function hashesOthers({ inputs }: Kustomization, files: readonly ParsedFile[]): boolean {
  const named = new Set(inputs.map(({ file }) => file));
  const among = files.filter(({ file }) => named.has(file));
  return among.some(({ manifests }) => manifests.some((each) => each.source.text.includes("needs-hash")));
}
