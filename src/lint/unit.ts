import type { FileLocation } from "../core/finding.ts";
import type { Manifest } from "./manifest.ts";

/** What is applied together: a Kustomize build, or the plain files of one folder. */
export interface Unit {
  /** The folder. */
  readonly name: string;
  readonly manifests: readonly Manifest[];
  /** Patches that no kustomization uses. They are never applied, but their contents are in Git. */
  readonly unusedPatches: readonly Manifest[];
  /** Values files of charts. They are not objects, but their contents are in Git. */
  readonly values: readonly Manifest[];
  /** The kustomizations that were not built; what their generators would create is in their fields only. */
  readonly unbuilt: readonly Manifest[];
  /** The files it is made from. */
  readonly files: ReadonlySet<string>;
  readonly gaps: readonly Gap[];
}

/** Why a unit, or a part of it, is unknown. */
export interface Gap {
  readonly location: FileLocation;
  readonly subject: string;
  readonly summary: string;
  /** `fail` if Kustomize rejects the build. */
  readonly severity: "fail" | "unknown";
  readonly fix?: string;
}
