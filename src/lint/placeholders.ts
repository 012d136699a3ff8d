import { field, type Path } from "./fields.ts";
import type { Manifest } from "./manifest.ts";
import type { Observation } from "./observation.ts";

/** Helm and Jinja, Flux and envsubst, Kustomize's variables, and ERB and EJS tags. */
const placeholder = /\{\{.*?\}\}|\{%.*?%\}|\$\{[^}]*\}|\$\([^)]*\)|<%.*?%>/s;
/** Values that are placeholders as a whole, for envsubst, Windows, Azure, Octopus, sed and others. */
const whole = /^(\$\w+|%\w+%|#\{.+\}#?|@+[\w.-]+@+|__\w+__|\[\[.+\]\]|<[^<>]+>)$/;

/**
 * Returns the placeholder in a value that is filled in before the object is applied (`{{ .x }}`, `${X}`, `$(x)`), or
 * undefined. In `command`, `args` and `env` of a container, `$(X)` is Kubernetes' own syntax.
 */
export function placeholderIn(value: unknown): string | undefined {
  return typeof value === "string" ? (placeholder.exec(value) ?? whole.exec(value.trim()))?.[0] : undefined;
}

/**
 * Returns an observation about a value that the API server would reject: unknown if it contains a placeholder,
 * otherwise the severity of the rule, because the object cannot be applied.
 */
export function unreadValue(manifest: Manifest, path: Path, expected: string): readonly Observation[] {
  const open = undetermined(manifest, path);
  if (open.length > 0) return open;
  const shown = JSON.stringify(field(manifest.value, ...path));
  return [
    {
      manifest,
      path,
      summary: `${path.join(".")} is ${shown}, which is not a valid ${expected}: the API server rejects it`,
    },
  ];
}

/**
 * Returns an unknown observation if the field at the path, or its nearest existing parent, contains a placeholder.
 * Rules call this before reading a field.
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
