import type { SecretValue } from "../../core/secret-value.ts";
import type { Conversion, Rewrite } from "../../k8s/external-secrets/remote-source.ts";
import { compileGoRegexp } from "./go-regexp.ts";

/** Why the result is unknown; `refused`: External Secrets itself would report an error. */
export interface Untold {
  readonly untold: string;
  readonly refused: boolean;
}

interface Renaming {
  readonly rewrites: readonly Rewrite[];
  readonly conversion: Conversion;
}

type Values = ReadonlyMap<string, SecretValue>;

/**
 * Returns keys as they appear in the Kubernetes Secret: rewritten, or otherwise converted. `by`: what generates keys
 * that are not known. https://github.com/external-secrets/external-secrets/blob/v0.20.4/pkg/esutils/utils.go
 */
export async function renamed(
  values: Values,
  { rewrites, conversion }: Renaming,
): Promise<{ readonly values: Values; readonly by?: string } | Untold> {
  if (rewrites.length === 0) return valid(await mapKeys(values, (key) => convert(key, conversion), "conversion"));
  let made = values;
  for (const rewrite of rewrites) {
    if (rewrite.as !== "regexp") return { values: made, by: `a rewrite by ${rewrite.as}` };
    const pattern = await compileGoRegexp(rewrite.source);
    if (pattern === undefined)
      return { untold: `its rewrite ${rewrite.source} is not a regular expression`, refused: true };
    const next = await mapKeys(made, (key) => pattern.replaceAll(key, rewrite.target), "rewrite");
    if ("untold" in next) return next;
    made = next;
  }
  return valid(made);
}

async function mapKeys(values: Values, change: (key: string) => string, how: string): Promise<Values | Untold> {
  const made = new Map<string, SecretValue>();
  for (const [key, value] of values) {
    const changed = change(key);
    // A conversion then fails; after a rewrite, it is random which value remains.
    if (made.has(changed)) {
      return { untold: `two keys become ${changed} by its ${how}`, refused: how === "conversion" };
    }
    made.set(changed, value);
  }
  return made;
}

function convert(key: string, conversion: Conversion): string {
  return key.replace(/[^\p{N}\p{L}._-]/gu, (each) =>
    conversion === "Default" ? "_" : `_U${(each.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}_`,
  );
}

/** An empty key is dropped; a key that is invalid in a Kubernetes Secret is an error. */
function valid(values: Values | Untold): { readonly values: Values } | Untold {
  if ("untold" in values) return values;
  const bad = [...values.keys()].find((key) => !/^[\p{N}\p{L}._-]*$/u.test(key) || Buffer.byteLength(key) > 253);
  if (bad !== undefined) return { untold: "it results in a key that is invalid in a Kubernetes Secret", refused: true };
  return { values: new Map([...values].filter(([key]) => key !== "")) };
}
