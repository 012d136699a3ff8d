import type { FileLocation } from "../core/finding.ts";
import { type Fields, type Path, text } from "./fields.ts";

/** One object as a file declares it, and as the Kustomize build it belongs to has patched it. */
export interface Manifest {
  readonly file: string;
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  /** Undefined where the object names none: it goes where it is applied. */
  readonly namespace: string | undefined;
  readonly value: Fields;
  /** The text of the document it is in: where comments are looked for. */
  readonly source: DocumentSource;
  /** Why what was read may not be what is applied. */
  readonly uncertain?: string;
  /** Where a field is; where it is missing, its nearest parent that is there. */
  readonly locate: (path: Path) => FileLocation;
}

export interface DocumentSource {
  readonly text: string;
  /** The line of the file on which the text begins, from 1. */
  readonly line: number;
}

/** `deployment shop/orders`. */
export function subjectOf({ kind, namespace, name }: Manifest): string {
  return `${kind.toLowerCase()} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

export function isKind(manifest: Manifest, group: string, ...kinds: readonly string[]): boolean {
  return manifest.group === group && kinds.includes(manifest.kind);
}

/** The part of an apiVersion before the slash; the core group is "". */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}

/** Whether two objects stand for one: an overlay's, or one declared in several files that exclude each other. */
export function isSameObject(one: Manifest, other: Manifest): boolean {
  const key = ({ group, kind, name, namespace }: Manifest): string => [group, kind, namespace, name].join(" ");
  return key(one) === key(other);
}

/** Whether the object goes to the namespace; one that names none may. */
export function mayBeIn(manifest: Manifest, namespace: string | undefined): boolean {
  return manifest.namespace === undefined || namespace === undefined || manifest.namespace === namespace;
}

export function label(manifest: Manifest, key: string): string | undefined {
  return text(manifest.value, "metadata", "labels", key);
}

export function annotation(manifest: Manifest, key: string): string | undefined {
  return text(manifest.value, "metadata", "annotations", key);
}
