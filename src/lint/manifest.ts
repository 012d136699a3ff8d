import type { FileLocation } from "../core/finding.ts";
import { type PlainFields, type Path, text } from "./fields.ts";

/** One object as a file declares it, and as patched by its Kustomize build. */
export interface Manifest {
  readonly file: string;
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  /** Undefined if the object names no namespace; it is applied to an unknown one. */
  readonly namespace: string | undefined;
  readonly value: PlainFields;
  /** The text of its document, which may contain comments. */
  readonly source: DocumentSource;
  /** Why the object may differ from what is applied. */
  readonly uncertain?: string;
  /** Returns the location of a field or, if it is missing, of its nearest existing parent. */
  readonly locate: (path: Path) => FileLocation;
}

export interface DocumentSource {
  readonly text: string;
  /** The line of the file on which the text begins, counted from 1. */
  readonly line: number;
}

/** `deployment shop/orders`. */
export function manifestSubject({ kind, namespace, name }: Manifest): string {
  return `${kind.toLowerCase()} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

export function isKind(manifest: Manifest, group: string, ...kinds: readonly string[]): boolean {
  return manifest.group === group && kinds.includes(manifest.kind);
}

/** The part of an apiVersion before the slash; "" for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}

/** Returns whether two objects are the same one: an overlay's, or one that is declared in several alternative files. */
export function isSameObject(one: Manifest, other: Manifest): boolean {
  const key = ({ group, kind, name, namespace }: Manifest): string => [group, kind, namespace, name].join(" ");
  return key(one) === key(other);
}

/** Returns whether the object is in the namespace. An object without a namespace may be. */
export function mayBeIn(manifest: Manifest, namespace: string | undefined): boolean {
  return manifest.namespace === undefined || namespace === undefined || manifest.namespace === namespace;
}

export function label(manifest: Manifest, key: string): string | undefined {
  return text(manifest.value, "metadata", "labels", key);
}

export function annotation(manifest: Manifest, key: string): string | undefined {
  return text(manifest.value, "metadata", "annotations", key);
}
