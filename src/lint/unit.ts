import { posix } from "node:path";
import type { Manifest } from "./manifest.ts";

/** What is applied together: a Kustomize build, or the plain files of one folder. */
export interface Unit {
  /** The folder. */
  readonly name: string;
  readonly manifests: readonly Manifest[];
  /** The files it is made from. */
  readonly files: ReadonlySet<string>;
  readonly gaps: readonly Gap[];
}

/** What a build does that is not understood here. */
export interface Gap {
  readonly at: Manifest;
  readonly field: string;
  readonly summary: string;
  /** Whether there may be more objects than were read, or the ones that were read may look otherwise. */
  readonly affects: "objects" | "fields";
}

export type ReportGap = (field: string, summary: string, affects: Gap["affects"]) => void;

/** Where a path in a kustomization leads; an address stays as it is. */
export function joined(folder: string, path: string): string {
  return path.includes("://") ? path : posix.join(folder, path).replace(/\/$/, "");
}
