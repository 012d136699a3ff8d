import { posix } from "node:path";
import type { FileLocation } from "../core/finding.ts";
import { field, type PlainFields, isFields, list, type Path, text, texts } from "./fields.ts";
import type { Kustomization } from "./kustomization.ts";
import type { Manifest } from "./manifest.ts";
import { isDefinition, type ParsedFile, toManifest, withoutNulls } from "./parse-manifests.ts";
import { type FieldSource, patchSources } from "./patch-sources.ts";
import { writtenAt } from "./provenance.ts";
import { cutDocuments, readDocument, valueOf } from "../core/yaml-documents.ts";

/** The inputs of a build. */
export interface BuildInputs {
  readonly folder: string;
  /** Every kustomization of the build, each after the ones it builds on. */
  readonly closure: readonly Kustomization[];
  readonly files: ReadonlyMap<string, ParsedFile>;
  /** The contents of env files (`KEY=value`), by path. */
  readonly variables: ReadonlyMap<string, string>;
}

/** The origin of an object, in Kustomize's format (kustomize, api/resource/origin.go). */
interface Origin {
  /** The file that declares it. */
  readonly file?: string;
  /** The kustomization whose generator created it. */
  readonly generator?: { readonly file: string; readonly kind: string };
  /** The kustomizations that changed it; undefined if unknown. */
  readonly changedBy?: ReadonlySet<string>;
}

const originKey = "config.kubernetes.io/origin";
const transformationsKey = "alpha.config.kubernetes.io/transformations";

/** Returns the objects that Kustomize printed. `root` is what their origins call the folder of the build. */
export function builtObjects(output: string, root: string | undefined, inputs: BuildInputs): readonly Manifest[] {
  // Objects of one file share their annotations.
  const annotations = new Map<string, unknown>();
  const read = (written: string): unknown => {
    if (!annotations.has(written)) annotations.set(written, valueOf(readDocument({ text: written, line: 1 })));
    return annotations.get(written);
  };
  return cutDocuments(output)
    .filter(({ text: part }) => !isDefinition(part))
    .flatMap((part) => {
      const value = withoutNulls(valueOf(readDocument(part)));
      return isFields(value) ? [builtObject(value, root, inputs, read)] : [];
    });
}

function builtObject(
  annotated: PlainFields,
  root: string | undefined,
  inputs: BuildInputs,
  read: (written: string) => unknown,
): Manifest {
  const origin = originOf(annotated, root, inputs.folder, read);
  const value = root === undefined ? annotated : withoutAnnotations(annotated);
  const kind = text(value, "kind") ?? "";
  const name = text(value, "metadata", "name") ?? "";
  const own = declared(inputs, origin, kind, name);
  const file = own?.file ?? origin.generator?.file ?? origin.file ?? inputs.closure.at(-1)?.manifest.file ?? "";
  let sources: readonly FieldSource[] | undefined;
  const locate = (path: Path): FileLocation => {
    sources ??= [
      ...(own === undefined ? [] : [own]),
      ...inputs.closure
        .filter(({ manifest }) => origin.changedBy?.has(manifest.file) ?? true)
        .flatMap((each) => patchSources(each, { kind, name }, inputs.files)),
    ];
    return generatedAt(origin, name, path, inputs) ?? writtenAt(value, sources, path) ?? { file };
  };
  const generator = inputs.closure.find(({ manifest }) => manifest.file === origin.generator?.file);
  return toManifest(file, value, own?.source ?? generator?.manifest.source ?? { text: "", line: 1 }, locate);
}

function originOf(
  value: PlainFields,
  root: string | undefined,
  folder: string,
  read: (written: string) => unknown,
): Origin {
  if (root === undefined) return {};
  const shown = (path: string): string => posix.join(folder, relativePath(root, path));
  const annotation = (key: string): unknown => {
    const written = text(value, "metadata", "annotations", key);
    return written === undefined ? undefined : read(written);
  };
  const origin = annotation(originKey);
  const path = text(origin, "path");
  const configuredIn = text(origin, "configuredIn");
  const transformations = annotation(transformationsKey);
  const changes = (Array.isArray(transformations) ? (transformations as unknown[]) : []).flatMap((each) => {
    const file = text(each, "configuredIn");
    return file === undefined ? [] : [shown(file)];
  });
  const kind = text(origin, "configuredBy", "kind") ?? "";
  return {
    changedBy: new Set(changes),
    ...(path === undefined ? {} : { file: shown(path) }),
    ...(configuredIn === undefined ? {} : { generator: { file: shown(configuredIn), kind } }),
  };
}

/** Both begin with the maximum number of `..` steps, so neither is absolute. */
function relativePath(from: string, to: string): string {
  const [one, other] = [posix.normalize(from).split("/"), posix.normalize(to).split("/")];
  let same = 0;
  while (same < one.length && one[same] === other[same]) same++;
  return [...one.slice(same).map(() => ".."), ...other.slice(same)].join("/");
}

function withoutAnnotations(value: PlainFields): PlainFields {
  const metadata = field(value, "metadata");
  const annotations = field(metadata, "annotations");
  if (!isFields(metadata) || !isFields(annotations)) return value;
  const { [originKey]: _origin, [transformationsKey]: _transformations, ...left } = annotations;
  const { annotations: _annotations, ...bare } = metadata;
  return { ...value, metadata: Object.keys(left).length === 0 ? bare : { ...metadata, annotations: left } };
}

/**
 * Finds the object's own document: the only one of its kind, or the one with its name, possibly without a prefix or
 * suffix.
 */
function declared(inputs: BuildInputs, origin: Origin, kind: string, name: string): Manifest | undefined {
  if (origin.generator !== undefined) return undefined;
  const among =
    origin.file === undefined
      ? inputs.closure.flatMap((each) => each.inputs.flatMap(({ file }) => inputs.files.get(file)?.manifests ?? []))
      : (inputs.files.get(origin.file)?.manifests ?? []);
  const alike = among.filter((each) => each.kind === kind);
  const candidates = alike.filter((each) => each.name !== "" && name.includes(each.name));
  const longest = [...candidates].sort((a, b) => b.name.length - a.name.length)[0];
  // A patch or a replacement may have renamed it.
  const only = origin.file !== undefined && alike.length === 1 ? alike[0] : undefined;
  return candidates.find((each) => each.name === name) ?? longest ?? only;
}

/** The name may have got a prefix, a suffix and a hash; the longest name that it contains is the original. */
function generatorOf(generators: readonly unknown[], name: string): number {
  const plain = name.replace(/-[a-z0-9]{10}$/, "");
  const names = generators.map((each) => text(each, "name") ?? "");
  const longest = names.filter((each) => each !== "" && plain.includes(each)).sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? -1 : names.indexOf(names.includes(plain) ? plain : longest);
}

/**
 * Returns where a generator takes a key of `data` from: a literal, a line of an env file, or a whole file. An overlay's
 * generator that merges into it wins.
 */
function generatedAt({ generator }: Origin, name: string, path: Path, inputs: BuildInputs): FileLocation | undefined {
  const own = inputs.closure.find(({ manifest }) => manifest.file === generator?.file);
  if (own === undefined || generator === undefined) return undefined;
  const field = generator.kind === "SecretGenerator" ? "secretGenerator" : "configMapGenerator";
  const all = list(own.manifest.value, field);
  const index = generatorOf(all, name);
  const key =
    typeof path[1] === "string" && /^(data|stringData|binaryData)$/.test(String(path[0])) ? path[1] : undefined;
  if (key === undefined || index < 0) return own.manifest.locate(index < 0 ? [field] : [field, index]);
  for (const each of inputs.closure) {
    const generators = list(each.manifest.value, field);
    const at = each === own ? index : generatorOf(generators, name);
    if (each !== own && !["merge", "replace"].includes(text(generators[at], "behavior") ?? "")) continue;
    const found = keyAt(each, [field, at], key, inputs);
    if (found !== undefined) return found;
  }
  return own.manifest.locate([field, index]);
}

/** Returns where a generator, at a path of its kustomization, defines a key. */
function keyAt(own: Kustomization, path: Path, key: string, { variables }: BuildInputs): FileLocation | undefined {
  const { value, locate } = own.manifest;
  const literal = texts(value, ...path, "literals").findIndex((each) => each.split("=")[0] === key);
  if (literal >= 0) return locate([...path, "literals", literal]);
  for (const { file, path: at, use } of own.inputs) {
    if (at[0] !== path[0] || at[1] !== path[1]) continue;
    const line = (variables.get(file) ?? "").split(/\r?\n/).findIndex((each) => each.trim().split("=")[0] === key);
    if (use === "variables" && line >= 0) return { file, line: line + 1, column: 1 };
    const written = text(value, ...at) ?? "";
    const named = written.includes("=") ? written.split("=")[0] : posix.basename(file);
    if (use === "data" && named === key) return { file };
  }
  return undefined;
}
