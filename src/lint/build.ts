import type { KustomizeBuild } from "../kustomize/port.ts";
import type { KustomizationInput } from "./kustomization.ts";
import type { Manifest } from "./manifest.ts";

/** What became of a root kustomization. */
export type Build = KustomizeBuild | Unbuilt;

/** Why a root kustomization was not built. */
export interface Unbuilt {
  readonly outcome: "unknown";
  readonly reason: string;
  readonly fix?: string;
  readonly at?: { readonly manifest: Manifest; readonly path: KustomizationInput["path"] };
}
