import { posix } from "node:path";
import { field, list, type Path, text } from "./fields.ts";
import type { Manifest } from "./manifest.ts";
import type { ParsedFile } from "./parse-manifests.ts";

/** A folder's kustomization. */
export interface Kustomization {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly inputs: readonly KustomizationInput[];
  readonly isComponent: boolean;
  /** It has placeholders instead of structure, so it is not a kustomization until they are filled in. */
  readonly isTemplate: boolean;
}

/** A file, folder or address in a kustomization. */
export interface KustomizationInput {
  /** The field that contains it. */
  readonly path: Path;
  /** As written. */
  readonly target: string;
  /** Relative to the current folder, like the files of a tree; addresses are unchanged. */
  readonly file: string;
  readonly use: "resource" | "component" | "patch" | "data" | "variables" | "setting";
}

/** Kustomizations by folder. */
export type Kustomizations = ReadonlyMap<string, Kustomization>;

export function isKustomizationFile(file: string): boolean {
  return kustomizationNames.includes(posix.basename(file));
}

/** Source: kustomize, api/konfig/general.go, RecognizedKustomizationFileNames. */
export const kustomizationNames: readonly string[] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/** Flux has a kind of the same name, and its files often have the same file name. */
const flux = "kustomize.toolkit.fluxcd.io";

/**
 * Returns the kustomization in a file, or undefined if there is none. Invalid ones are included, because Kustomize
 * reports the error.
 */
export function kustomizationOf({ file, manifests, others, unreadable }: ParsedFile): Kustomization | undefined {
  if (!isKustomizationFile(file) || manifests[0]?.group === flux) return undefined;
  const manifest = manifests[0] ?? others[0] ?? nothingIn(file);
  const folder = posix.dirname(file);
  return {
    folder,
    manifest,
    inputs: inputsOf(manifest).map((input) => ({ ...input, file: joined(folder, input.target) })),
    isComponent: manifest.kind === "Component",
    isTemplate: unreadable.some(({ template }) => template),
  };
}

function nothingIn(file: string): Manifest {
  const source = { text: "", line: 1 };
  return { file, group: "", kind: "", name: "", namespace: undefined, value: {}, source, locate: () => ({ file }) };
}

/** Resolves a path in a kustomization; addresses are unchanged. */
function joined(folder: string, path: string): string {
  return isRemote(path) ? path : posix.join(folder, path).replace(/\/$/, "");
}

/**
 * Returns whether Kustomize treats it as an address. Source: kustomize, api/internal/git/repospec.go (extractHost) and
 * api/internal/loader/fileloader.go (Load).
 */
export function isRemote(path: string): boolean {
  return (
    /^(git::|https?:\/\/|ssh:\/\/|file:\/\/|git:\/\/|gh:|(www\.)?github\.com[:/])/i.test(path) ||
    /^[a-z][\w.-]*@[^/]+[:/]/i.test(path)
  );
}

type Written = Omit<KustomizationInput, "file">;

const plain: readonly (readonly [string, Written["use"]])[] = [
  ["resources", "resource"],
  ["bases", "resource"],
  ["components", "component"],
  ["patchesStrategicMerge", "patch"],
  ["crds", "setting"],
  ["configurations", "setting"],
  ["generators", "setting"],
  ["transformers", "setting"],
  ["validators", "setting"],
];

function inputsOf({ value }: Manifest): readonly Written[] {
  const one = (path: Path, use: Written["use"]): Written[] => {
    const target = text(value, ...path);
    // Text of several lines is not a path but the content itself.
    return target === undefined || target.includes("\n") || target === "" ? [] : [{ path, target, use }];
  };
  const each = (key: string, use: Written["use"], ...below: Path): Written[] =>
    list(value, key).flatMap((_, index) => one([key, index, ...below], use));
  const generated = ["configMapGenerator", "secretGenerator"].flatMap((key) =>
    list(value, key).flatMap((generator, index) => [
      ...list(generator, "files").flatMap((_, at) => one([key, index, "files", at], "data").map(withoutKey)),
      ...list(generator, "envs").flatMap((_, at) => one([key, index, "envs", at], "variables")),
      ...one([key, index, "env"], "variables"),
    ]),
  );
  return [
    ...plain.flatMap(([key, use]) => each(key, use)),
    // Kustomize rejects a plain path as a patch, but it clearly refers to the file.
    ...each("patches", "patch"),
    ...each("patches", "patch", "path"),
    ...each("patchesJson6902", "patch", "path"),
    ...each("replacements", "setting", "path"),
    ...one(["openapi", "path"], "setting"),
    ...generated,
  ];
}

/** In `key=path`, the file's content is stored under the key. */
function withoutKey(input: Written): Written {
  return { ...input, target: input.target.replace(/^[^=]*=/, "") };
}

/** Returns every kustomization that one consists of, each after the ones it builds on, and itself last. */
export function closureOf(root: Kustomization, all: Kustomizations): readonly Kustomization[] {
  const found = new Set<Kustomization>();
  const within = new Set<Kustomization>();
  const visit = (each: Kustomization): void => {
    if (found.has(each) || within.has(each)) return;
    within.add(each);
    for (const { file, use } of each.inputs) {
      const other = use === "patch" || use === "data" || use === "variables" ? undefined : all.get(file);
      if (other !== undefined) visit(other);
    }
    found.add(each);
  };
  visit(root);
  return [...found];
}

/** Returns the kustomizations to build: those that no other uses, and all members of a cycle. */
export function rootsOf(all: Kustomizations): readonly Kustomization[] {
  const used = new Set([...all.values()].flatMap(({ inputs }) => inputs.map(({ file }) => file)));
  const roots = [...all.values()].filter(({ folder }) => !used.has(folder));
  const reached = new Set(roots.flatMap((root) => closureOf(root, all)));
  return [...roots, ...[...all.values()].filter((each) => !reached.has(each))];
}

/** The fields that inflate Helm charts. */
export function helmFieldOf({ value }: Manifest): string | undefined {
  return ["helmCharts", "helmChartInflationGenerator"].find((key) => field(value, key) !== undefined);
}
