import { posix } from "node:path";
import { isFields, type Path } from "../fields.ts";
import type { Manifest } from "../manifest.ts";
import { inData } from "./config-text.ts";
import { type CredentialPlace, placed } from "./places.ts";

/** The usual names of Helm values files: `values.yaml`, `values-prod.yaml`, `prod.values.yml`. */
const values = /^(.*[.-])?values([.-].*)?\.(ya?ml|json)$/i;

/** Returns whether a file without objects is a chart's values file, judging by its name. */
export function isValuesFile({ file }: Manifest): boolean {
  return values.test(posix.basename(file));
}

/**
 * Returns every credential in a chart's values file, which is stored in Git as plain text. `names` are the names of the
 * tree's Secrets.
 */
export function credentialsInValues(manifest: Manifest, names: ReadonlySet<string>): readonly CredentialPlace[] {
  return below(manifest.value, [], "", names);
}

function below(value: unknown, path: Path, name: string, names: ReadonlySet<string>): readonly CredentialPlace[] {
  if (Array.isArray(value)) {
    return (value as unknown[]).flatMap((each, index) => below(each, [...path, index], name, names));
  }
  if (!isFields(value)) return placed(inData(value, names, name), path, shown(path), name);
  const own = value["name"] ?? value["key"];
  return Object.entries(value).flatMap(([key, each]) =>
    below(each, [...path, key], key === "value" ? (typeof own === "string" ? own : name) : key, names),
  );
}

/** `auth.password`, `env[0].value`. */
function shown(path: Path): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`))
    .join("")
    .slice(1);
}
