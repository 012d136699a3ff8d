import { field, type Path } from "./fields.ts";
import type { Manifest } from "./manifest.ts";
import type { Observation } from "./rule.ts";

/** Helm and Jinja, Flux and envsubst, Kustomize's variables, and the tags of ERB and EJS. */
const placeholder = /\{\{.*?\}\}|\{%.*?%\}|\$\{[^}]*\}|\$\([^)]*\)|<%.*?%>/s;
/** Whole values that pipelines replace: of envsubst, Windows, Azure, Octopus, sed and others. */
const whole = /^(\$\w+|%\w+%|#\{.+\}#?|@+[\w.-]+@+|__\w+__|\[\[.+\]\]|<[^<>]+>)$/;

/**
 * Returns the placeholder in a value that something else fills in before a cluster gets it (`{{ .x }}`, `${X}`,
 * `$(x)`), undefined where there is none. In `command`, `args` and `env` of a container `$(X)` is Kubernetes' own.
 */
export function placeholderIn(value: unknown): string | undefined {
  return typeof value === "string" ? (placeholder.exec(value) ?? whole.exec(value.trim()))?.[0] : undefined;
}

/**
 * Returns an observation about a value that is none of those the API server takes: unknown where it is filled in later,
 * else what the rule says of it, as nothing can be applied with it.
 */
export function unreadValue(manifest: Manifest, path: Path, expected: string): readonly Observation[] {
  const open = undetermined(manifest, path);
  if (open.length > 0) return open;
  const shown = JSON.stringify(field(manifest.value, ...path));
  return [
    { manifest, path, summary: `${path.join(".")} is ${shown}, which is no ${expected}: the API server rejects it` },
  ];
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
