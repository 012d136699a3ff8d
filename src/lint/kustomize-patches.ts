import { parseAllDocuments } from "yaml";
import { field, type Fields, isFields, list, text, texts } from "./fields.ts";
import { jsonPatch, mergePatch, PatchNotUnderstood } from "./merge-patch.ts";
import { groupOf, type Manifest } from "./manifest.ts";
import type { ParsedFile } from "./parse-manifests.ts";
import { joined, type ReportGap } from "./unit.ts";

export interface Patch {
  /** The field of the kustomization it stands in. */
  readonly key: string;
  readonly body: unknown;
  readonly target: Fields;
  /** A target's names are anchored regular expressions; a merge patch's own name is a name. */
  readonly exact: boolean;
}

interface Files {
  readonly tree: ReadonlyMap<string, ParsedFile>;
  /** The files the build is made from. */
  readonly files: Set<string>;
}

/** The patches of a kustomization, in the order in which Kustomize applies them. */
export function patchesOf(folder: string, own: Manifest, building: Files, gap: ReportGap): readonly Patch[] {
  const read = (key: string, path: string | undefined, inline: string | undefined): readonly unknown[] => {
    if (inline !== undefined) return documentsIn(inline);
    const file = building.tree.get(joined(folder, path ?? ""));
    if (file === undefined) {
      gap(key, `the patch ${path ?? ""} is not among what was read`, "fields");
      return [];
    }
    building.files.add(file.file);
    return [...file.manifests, ...file.others].map(({ value }) => value["list"] ?? value);
  };
  const merges = texts(own.value, "patchesStrategicMerge").flatMap((entry) =>
    read("patchesStrategicMerge", entry, entry.includes("\n") ? entry : undefined).flatMap((body) =>
      toPatch("patchesStrategicMerge", body, undefined),
    ),
  );
  const targeted = ["patches", "patchesJson6902"].flatMap((key) =>
    list(own.value, key).flatMap((entry) =>
      read(key, text(entry, "path"), text(entry, "patch")).flatMap((body) =>
        toPatch(key, body, field(entry, "target")),
      ),
    ),
  );
  return [...merges, ...targeted];
}

function documentsIn(content: string): readonly unknown[] {
  return [...parseAllDocuments(content, { logLevel: "silent" })].map((document) =>
    document.errors.length === 0 ? (document.toJS() as unknown) : undefined,
  );
}

function toPatch(key: string, body: unknown, target: unknown): Patch[] {
  if (isFields(target)) return [{ key, body, target, exact: false }];
  if (!isFields(body)) return [];
  const { apiVersion, kind } = body;
  const named = { name: field(body, "metadata", "name"), namespace: field(body, "metadata", "namespace") };
  const group = typeof apiVersion === "string" ? groupOf(apiVersion) : undefined;
  return [{ key, body, target: { group, kind, ...named }, exact: true }];
}

/** The object as the patch leaves it; one whose patch is not understood is uncertain from then on. */
export function afterPatch(manifest: Manifest, patch: Patch, gap: ReportGap): Manifest {
  if (!isFor(manifest, patch)) return manifest;
  const bySelector = "labelSelector" in patch.target || "annotationSelector" in patch.target;
  try {
    if (bySelector || patch.body === undefined) throw new PatchNotUnderstood();
    const value = Array.isArray(patch.body)
      ? jsonPatch(manifest.value, patch.body as readonly unknown[])
      : mergePatch(manifest.value, patch.body, isBuiltIn(manifest.group));
    return isFields(value) ? { ...manifest, value } : manifest;
  } catch (error) {
    if (!(error instanceof PatchNotUnderstood)) throw error;
    const summary = `a patch of ${manifest.kind} ${manifest.name} that is not understood here`;
    gap(patch.key, summary, "fields");
    return { ...manifest, uncertain: summary };
  }
}

function isFor(manifest: Manifest, { target, exact }: Patch): boolean {
  const asked: readonly (readonly [unknown, string | undefined])[] = [
    [target["group"], manifest.group],
    [target["kind"], manifest.kind],
    [target["name"], manifest.name],
    [target["namespace"], manifest.namespace],
  ];
  return asked.every(([wanted, own]) => {
    // An object that names no namespace goes where the overlay says, which the patch may well know.
    if (typeof wanted !== "string" || own === undefined) return true;
    return wanted === own || (!exact && matches(wanted, own));
  });
}

function matches(pattern: string, own: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(own);
  } catch {
    return false;
  }
}

function isBuiltIn(group: string): boolean {
  return group === "" || !group.includes(".") || group.endsWith(".k8s.io");
}
