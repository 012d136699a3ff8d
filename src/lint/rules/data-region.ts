import { endpointsIn, regionsOfPath } from "../aws-regions.ts";
import { field, isFields, list, type Path, text } from "../fields.ts";
import { isKind, type Manifest } from "../manifest.ts";
import type { Rule } from "../rule.ts";
import type { Observation } from "../observation.ts";
import type { Unit } from "../unit.ts";

export const dataRegion: Rule = {
  id: "data/region",
  title: "a region does not depend on other regions",
  explain:
    "Each region must work on its own if the others fail. An object in a region's overlay that contains the endpoint of a database, cache, file system or broker in another AWS region fails. The endpoint of another API there, or a secret store that reads from there, is a warning. The region is taken from the folder's path (eu-west-1, euw1, eu), otherwise from AWS_REGION or AWS_DEFAULT_REGION in its objects; without either, the rule does not apply. Images and global endpoints do not count.",
  severity: "fail",
  fix: "use an endpoint in the same region, such as a replica",
  examine(unit) {
    const own = regionsOf(unit);
    if (own.length === 0) return [];
    const isOther = (region: string): boolean => !own.some((each) => region.startsWith(each));
    return unit.manifests
      .filter(({ group }) => group !== "backstage.io")
      .flatMap((manifest) => [...endpoints(manifest, isOther, own), ...storeRegion(manifest, isOther, own)]);
  },
};

function regionsOf(unit: Unit): readonly string[] {
  const named = regionsOfPath(unit.name);
  if (named.length > 0) return named;
  const set = new Set(unit.manifests.flatMap(({ value }) => variables(value)).flatMap((each) => regionsOfPath(each)));
  return set.size === 1 ? [...set] : [];
}

/** Returns the values of AWS_REGION and AWS_DEFAULT_REGION in containers' environment variables or a ConfigMap. */
function variables(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(variables);
  if (!isFields(value)) return [];
  const name = text(value, "name") ?? "";
  const own = isRegionName(name) ? [text(value, "value")] : [];
  const keyed = Object.entries(value).flatMap(([key, each]) =>
    isRegionName(key) && typeof each === "string" ? [each] : variables(each),
  );
  return [...own, ...keyed].filter((each) => each !== undefined);
}

function isRegionName(name: string): boolean {
  return name === "AWS_REGION" || name === "AWS_DEFAULT_REGION";
}

function endpoints(manifest: Manifest, isOther: (region: string) => boolean, own: readonly string[]): Observation[] {
  return strings(manifest.value, []).flatMap(({ path, content }) => {
    const others = endpointsIn(content).filter(({ region }) => isOther(region));
    const other = others.find(({ isStore }) => isStore) ?? others[0];
    if (other === undefined) return [];
    const summary = `${shown(own)} depends on ${other.region}: ${other.host}`;
    return [{ manifest, path, summary, ...(other.isStore ? {} : { severity: "warn" as const }) }];
  });
}

function storeRegion(manifest: Manifest, isOther: (region: string) => boolean, own: readonly string[]): Observation[] {
  if (!isKind(manifest, "external-secrets.io", "SecretStore", "ClusterSecretStore")) return [];
  const path = ["spec", "provider", "aws", "region"];
  const region = text(manifest.value, ...path);
  if (region === undefined || regionsOfPath(region).length === 0 || !isOther(region)) return [];
  return [{ manifest, path, summary: `${shown(own)} reads its secrets from ${region}`, severity: "warn" }];
}

function shown(own: readonly string[]): string {
  return own.map((each) => each.replace(/-$/, "")).join(", ");
}

function strings(value: unknown, path: Path): { path: Path; content: string }[] {
  if (typeof value === "string") return path.at(-1) === "image" ? [] : [{ path, content: value }];
  if (Array.isArray(value)) return list(value).flatMap((each, index) => strings(each, [...path, index]));
  if (!isFields(value)) return [];
  return Object.keys(value)
    .filter((key) => !(path.length === 1 && path[0] === "metadata" && key === "annotations"))
    .flatMap((key) => strings(field(value, key), [...path, key]));
}
