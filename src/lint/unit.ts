import type { FileLocation } from "../core/finding.ts";
import type { Manifest } from "./manifest.ts";

/** What is applied together: a Kustomize build, or the plain files of one folder. */
export interface Unit {
  /** The folder. */
  readonly name: string;
  readonly manifests: readonly Manifest[];
  /** Patches that no kustomization uses: nothing applies them, but what they hold is in Git. */
  readonly unusedPatches: readonly Manifest[];
  /** Files of a chart's values: they are no objects, but what they hold is in Git. */
  readonly values: readonly Manifest[];
  /** Kustomizations that were not built: what their generators would make is in their fields only. */
  readonly unbuilt: readonly Manifest[];
  /** The files it is made from. */
  readonly files: ReadonlySet<string>;
  readonly gaps: readonly Gap[];
}

/** Why a unit, or a part of it, is not known. */
export interface Gap {
  readonly location: FileLocation;
  readonly subject: string;
  readonly summary: string;
  /** `fail` where Kustomize refuses to build it. */
  readonly severity: "fail" | "unknown";
  readonly fix?: string;
}
