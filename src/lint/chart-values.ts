import { parse } from "yaml";
import { field, isFields, list, text } from "./fields.ts";

/**
 * Returns the values that a source of an Argo CD Application passes to its chart. Parameters override `valuesObject`,
 * which replaces `values`.
 */
export function chartValues(source: unknown): unknown {
  const helm = field(source, "helm");
  const values = field(helm, "valuesObject") ?? parsedValues(text(helm, "values"));
  return withParameters(values, list(helm, "parameters"));
}

/** Parses YAML text. Returns undefined if it is invalid. */
export function parsedValues(content: string | undefined): unknown {
  try {
    return content === undefined ? undefined : (parse(content, { logLevel: "error" }) as unknown);
  } catch {
    return undefined;
  }
}

/** Sets parameters, named as for `helm --set`: `meshConfig.proxyStatsMatcher.inclusionRegexps[0]`. */
function withParameters(values: unknown, parameters: readonly unknown[]): unknown {
  if (parameters.length === 0) return values;
  const changed = structuredClone(isFields(values) ? values : {}) as Record<string, unknown>;
  for (const parameter of parameters) {
    const path = (text(parameter, "name") ?? "")
      .split(/\.|\[(\d+)\]/)
      .filter((part) => part !== undefined && part !== "");
    if (path.includes("__proto__")) continue;
    let at: Record<string, unknown> = changed;
    path.forEach((key, index) => {
      const next = path[index + 1];
      if (next === undefined) {
        at[key] = field(parameter, "value");
        return;
      }
      const known = at[key];
      const below = typeof known === "object" && known !== null ? known : /^\d+$/.test(next) ? [] : {};
      at[key] = below;
      at = below as Record<string, unknown>;
    });
  }
  return changed;
}
