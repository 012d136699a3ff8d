import type { FileLocation } from "../core/finding.ts";
import { field, type PlainFields, fields, isFields, list, type Path, text } from "./fields.ts";
import type { Kustomization } from "./kustomization.ts";
import type { Manifest } from "./manifest.ts";
import { type ParsedFile, parseManifests } from "./parse-manifests.ts";

/** The source of an object's fields: its own document, or a patch. */
export interface FieldSource {
  readonly value: PlainFields;
  readonly locate: (path: Path) => FileLocation;
}

/** A patch in a kustomization, and the objects that it applies to. */
interface Patch {
  /** The entry of the kustomization. */
  readonly path: Path;
  readonly target: PlainFields | undefined;
  readonly body: Manifest;
}

/** Returns the patches of a kustomization that may apply to an object, in the order of application. */
export function patchSources(
  own: Kustomization,
  object: { readonly kind: string; readonly name: string },
  files: ReadonlyMap<string, ParsedFile>,
): readonly FieldSource[] {
  return patchBodies(own, files)
    .filter(({ target, body }) => isFor(object, target ?? body.value, target !== undefined))
    .flatMap(({ body }) => (Array.isArray(body.value["list"]) ? operations(body) : [body]));
}

/** Returns the contents of a kustomization's patches, including those in files. */
export function patchBodies(own: Kustomization, files: ReadonlyMap<string, ParsedFile>): readonly Patch[] {
  const { manifest } = own;
  const bodies = (path: Path): readonly Manifest[] => {
    const input = own.inputs.find((each) => each.path.join() === path.join());
    const file = input === undefined ? undefined : files.get(input.file);
    if (file !== undefined) return [...file.manifests, ...file.others];
    return inlineBodies(manifest, path);
  };
  const merges = list(manifest.value, "patchesStrategicMerge").flatMap((_, index) =>
    bodies(["patchesStrategicMerge", index]).map((body) => ({
      path: ["patchesStrategicMerge", index],
      target: undefined,
      body,
    })),
  );
  const targeted = ["patches", "patchesJson6902"].flatMap((key) =>
    list(manifest.value, key).flatMap((entry, index) => {
      const found = field(entry, "target");
      const target = isFields(found) ? found : undefined;
      const path = [key, index, text(entry, "path") === undefined ? "patch" : "path"];
      return bodies(path).map((body) => ({ path, target, body }));
    }),
  );
  return [...merges, ...targeted];
}

/** An inline patch in the kustomization, as a block scalar. */
function inlineBodies(manifest: Manifest, path: Path): readonly Manifest[] {
  const content = text(manifest.value, ...path);
  if (content === undefined) return [];
  const key = manifest.locate(path);
  const { manifests, others } = parseManifests(manifest.file, content, false);
  const [first = ""] = content.split("\n");
  const offset = key.line === undefined ? -1 : key.line - manifest.source.line + 1;
  // Only a block scalar preserves the lines of the patch.
  const isBlock = offset >= 0 && manifest.source.text.split("\n")[offset]?.trim() === first.trim();
  return [...manifests, ...others].map((body) => ({
    ...body,
    locate: (below) => {
      const { line } = body.locate(below);
      return isBlock && key.line !== undefined && line !== undefined ? { file: key.file, line: key.line + line } : key;
    },
  }));
}

/** The operations of a JSON patch (RFC 6902), each as a merge patch of the one field that it writes. */
function operations(body: Manifest): readonly FieldSource[] {
  return list(body.value, "list").flatMap((operation, index): FieldSource[] => {
    const pointer = text(operation, "path");
    const value = field(operation, "value");
    if (pointer === undefined || value === undefined) return [];
    const keys = pointer
      .split("/")
      .slice(1)
      .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
    const nested = keys.reduceRight<unknown>((inner, key) => {
      if (key === "-") return [inner];
      return /^\d+$/.test(key) ? listWith(inner, Number(key)) : { [key]: inner };
    }, value);
    if (!isFields(nested)) return [];
    const locate = (path: Path): FileLocation => body.locate([index, "value", ...path.slice(keys.length)]);
    return [{ value: nested, locate }];
  });
}

/** A list with an item at an index, and holes before it. No list of a manifest is longer than the limit. */
function listWith(item: unknown, index: number): unknown[] {
  const items: unknown[] = [];
  items[Math.min(index, 10_000)] = item;
  return items;
}

/** The name may have got a prefix or suffix, and names in a target are regular expressions. */
function isFor(
  object: { readonly kind: string; readonly name: string },
  wanted: PlainFields,
  isTarget: boolean,
): boolean {
  const kind = text(wanted, "kind");
  const name = isTarget ? text(wanted, "name") : text(fields(wanted, "metadata"), "name");
  if (kind !== undefined && kind !== object.kind && !isTarget) return false;
  if (kind !== undefined && isTarget && !matches(kind, object.kind)) return false;
  return name === undefined || object.name.includes(name) || (isTarget && matches(name, object.name));
}

function matches(pattern: string, name: string): boolean {
  try {
    return new RegExp(`(?:${pattern})`).test(name);
  } catch {
    return false;
  }
}
