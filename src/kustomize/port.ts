/** A folder with a kustomization that is built. */
export interface KustomizeRoot {
  /** Absolute, without symbolic links. */
  readonly folder: string;
  /** Whether it is a Component, which only a kustomization can use. */
  readonly isComponent: boolean;
  /** False where annotations that are added and taken out again would change the result. */
  readonly annotated: boolean;
  /** Options of `buildMetadata` that change objects, and hold for the outermost kustomization only. */
  readonly buildMetadata: readonly string[];
}

export type KustomizeBuild =
  | {
      readonly outcome: "built";
      /** YAML documents, each with its origin and transformations in annotations where the build is annotated. */
      readonly output: string;
      /** What the origins' paths call the root's folder; undefined where there are none. */
      readonly root: string | undefined;
    }
  /** `message`: the program's own words, on one line. */
  | { readonly outcome: "refused"; readonly message: string }
  | { readonly outcome: "unknown"; readonly reason: string; readonly fix?: string };

/** Kustomize as a program. It fetches nothing from the network and runs no plug-in. */
export interface Kustomize {
  build(root: KustomizeRoot): Promise<KustomizeBuild>;
}
