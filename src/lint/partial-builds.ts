import { builtObjects, type BuildInputs } from "./built-objects.ts";
import { closureOf, type Kustomization, type Kustomizations } from "./kustomization.ts";
import type { Manifest } from "./manifest.ts";
import type { Build } from "./build.ts";

/**
 * Returns the largest parts of a failed build that build on their own. The rest of the build is in the kustomizations
 * that use them.
 */
export function buildableParts(
  root: Kustomization,
  all: Kustomizations,
  isBuildable: (part: Kustomization) => boolean,
): readonly Kustomization[] {
  const seen = new Set<Kustomization>();
  const below = (own: Kustomization): readonly Kustomization[] => {
    if (seen.has(own) || own.isTemplate) return [];
    seen.add(own);
    return own.inputs.flatMap(({ file, use }) => {
      const part = use === "resource" ? all.get(file) : undefined;
      if (part === undefined || part.isComponent) return [];
      return isBuildable(part) ? [part] : below(part);
    });
  };
  return [...new Set(below(root))];
}

export interface PartialBuild {
  readonly manifests: readonly Manifest[];
  /** The kustomizations that were not built; what their generators create is in their fields only. */
  readonly unbuilt: readonly Kustomization[];
}

/**
 * Returns what is known about a failed build: the parts that build on their own, and everything else as in its files.
 * `why` becomes the uncertainty of objects that another kustomization changes.
 */
export function partialBuild(
  root: Kustomization,
  why: string,
  all: Kustomizations,
  builds: ReadonlyMap<string, Build>,
  read: Pick<BuildInputs, "files" | "variables">,
): PartialBuild {
  const unbuilt = new Set<Kustomization>();
  const visit = (own: Kustomization, uncertain: string | undefined): readonly Manifest[] => {
    if (unbuilt.has(own)) return [];
    unbuilt.add(own);
    const below = uncertain ?? (isPlain(own) ? undefined : why);
    return own.inputs.flatMap(({ file, use }) => {
      if (use !== "resource" && use !== "component") return [];
      const part = all.get(file);
      if (part === undefined) return marked(use === "resource" ? (read.files.get(file)?.manifests ?? []) : [], below);
      const build = builds.get(part.folder);
      if (use === "component" || build?.outcome !== "built") return visit(part, below);
      const inputs = { ...read, folder: part.folder, closure: closureOf(part, all) };
      return marked(builtObjects(build.output, build.root, inputs), below);
    });
  };
  return { manifests: visit(root, undefined), unbuilt: [...unbuilt] };
}

function marked(manifests: readonly Manifest[], uncertain: string | undefined): readonly Manifest[] {
  return uncertain === undefined ? manifests : manifests.map((manifest) => ({ ...manifest, uncertain }));
}

const additions = new Set([
  "apiVersion",
  "kind",
  "metadata",
  "resources",
  "bases",
  "configMapGenerator",
  "secretGenerator",
  "generatorOptions",
  "buildMetadata",
  "sortOptions",
]);

/** Returns whether a kustomization only combines objects, so that only the missing ones are unknown. */
function isPlain({ manifest, isComponent, inputs }: Kustomization): boolean {
  const isAdding = inputs.every(({ use }) => use !== "component" && use !== "patch");
  return !isComponent && isAdding && Object.keys(manifest.value).every((key) => additions.has(key));
}
