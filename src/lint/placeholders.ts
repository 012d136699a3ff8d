import { field, type Path } from "./fields.ts";
import type { Manifest } from "./manifest.ts";
import type { Observation } from "./rule.ts";

/** Helm and Jinja, Flux and envsubst, Kustomize's variables, and the tags of ERB and EJS. */
const placeholder = /\{\{.*?\}\}|\{%.*?%\}|\$\{[^}]*\}|\$\([^)]*\)|<%.*?%>/s;

/**
 * Returns the placeholder in a value that something else fills in before a cluster gets it (`{{ .x }}`, `${X}`,
 * `$(x)`), undefined where there is none. In `command`, `args` and `env` of a container `$(X)` is Kubernetes' own.
 */
export function placeholderIn(value: unknown): string | undefined {
  return typeof value === "string" ? placeholder.exec(value)?.[0] : undefined;
}

/**
 * Returns an observation that is unknown where the field at the path, or the nearest parent that is there, is or
 * contains a placeholder. A rule that reads a field calls this first: what it becomes is not known from the tree.
 */
export function undetermined(manifest: Manifest, path: Path): readonly Observation[] {
  for (let depth = path.length; depth > 0; depth--) {
    const at = path.slice(0, depth);
    const value = field(manifest.value, ...at);
    if (value === undefined || value === null) continue;
    const found = placeholderIn(value);
    if (found === undefined) return [];
    const summary = `${at.join(".")} depends on ${found}, which is not filled in here`;
    return [{ manifest, path: at, summary, severity: "unknown" }];
  }
  return [];
}
