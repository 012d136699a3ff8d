/** A folder with a kustomization to build. */
export interface KustomizeRoot {
  /** Absolute, without symbolic links. */
  readonly folder: string;
  /** Whether it is a Component, which only works inside another kustomization. */
  readonly isComponent: boolean;
  /** False if adding and removing annotations would change the result. */
  readonly annotated: boolean;
  /** Options of `buildMetadata` that change objects, and that only take effect in the outermost kustomization. */
  readonly buildMetadata: readonly string[];
}

export type KustomizeBuild =
  | {
      readonly outcome: "built";
      /** YAML documents. In an annotated build, annotations contain their origin and transformations. */
      readonly output: string;
      /** The folder of the root in the origins' paths; undefined without annotations. */
      readonly root: string | undefined;
    }
  /** `message`: the program's own error, on one line. */
  | { readonly outcome: "refused"; readonly message: string }
  | { readonly outcome: "unknown"; readonly reason: string; readonly fix?: string };

/** Kustomize as a program. It neither fetches from the network nor runs plug-ins. */
export interface Kustomize {
  build(root: KustomizeRoot): Promise<KustomizeBuild>;
}
