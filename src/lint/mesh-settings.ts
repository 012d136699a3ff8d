import { parse } from "yaml";
import { type MeshConfig, meshConfigOf } from "../istio/mesh-config.ts";
import { field, fields, isFields, list, text } from "./fields.ts";
import { meshNamespace } from "./hosts.ts";
import { isKind, type Manifest } from "./manifest.ts";
import type { Tree } from "./tree.ts";

/**
 * Returns every MeshConfig of the tree, wherever GitOps trees have it: the config map istio, an IstioOperator, Istio's
 * Sail operator, and values of istiod's chart (a file, an Application, a HelmRelease, a kustomization's helmCharts).
 */
export function meshConfigsIn(tree: Tree): readonly MeshConfig[] {
  const found = known.get(tree) ?? configsIn(tree).map(meshConfigOf);
  known.set(tree, found);
  return found;
}

const known = new WeakMap<Tree, readonly MeshConfig[]>();

/** The tree's one MeshConfig. Where there are several they are of several clusters, and Istio's defaults are taken. */
export function meshOf(tree: Tree): MeshConfig {
  const [only, ...others] = meshConfigsIn(tree);
  return only === undefined || others.length > 0 ? meshConfigOf(undefined) : only;
}

/** The namespace whose policies hold for the whole mesh. */
export function rootNamespaceOf(tree: Tree): string {
  return meshOf(tree).rootNamespace ?? meshNamespace;
}

/** How pods are intercepted that do not say themselves; undefined where MeshConfig leaves it to Istio. */
export function interceptionModeOf(tree: Tree): string | undefined {
  return text(meshOf(tree).proxyConfig, "interceptionMode");
}

function configsIn(tree: Tree): readonly unknown[] {
  return [
    ...tree.declared.flatMap(declaredConfigs),
    ...tree.plain.flatMap(({ value }) => configsOfValues(value)),
    ...tree.kustomizations.flatMap(({ value }) =>
      list(value, "helmCharts").flatMap((chart) => configsOfValues(field(chart, "valuesInline"))),
    ),
  ];
}

function declaredConfigs(manifest: Manifest): readonly unknown[] {
  const spec = manifest.value["spec"];
  if (isKind(manifest, "", "ConfigMap")) {
    const isMesh = /^istio(-|$)/.test(manifest.name) && manifest.namespace === meshNamespace;
    return isMesh ? [parsed(text(manifest.value, "data", "mesh"))].filter(isFields) : [];
  }
  if (isKind(manifest, "install.istio.io", "IstioOperator")) {
    return [...configsOfValues(spec), ...configsOfValues(field(spec, "values"))];
  }
  if (isKind(manifest, "sailoperator.io", "Istio", "IstioRevision")) return configsOfValues(field(spec, "values"));
  if (isKind(manifest, "helm.toolkit.fluxcd.io", "HelmRelease")) return configsOfValues(field(spec, "values"));
  if (isKind(manifest, "argoproj.io", "Application")) return applicationConfigs(spec);
  if (isKind(manifest, "argoproj.io", "ApplicationSet")) return applicationConfigs(field(spec, "template", "spec"));
  return [];
}

function applicationConfigs(spec: unknown): readonly unknown[] {
  return [field(spec, "source"), ...list(spec, "sources")].flatMap((source) => {
    const helm = field(source, "helm");
    // As Argo CD orders them: parameters over valuesObject, which replaces values.
    const values = field(helm, "valuesObject") ?? parsed(text(helm, "values"));
    return configsOfValues(withParameters(values, list(helm, "parameters")));
  });
}

/** A chart's own values, and those of a chart that has istiod's for a part: `istiod: { meshConfig: … }`. */
function configsOfValues(values: unknown): readonly unknown[] {
  const own = field(values, "meshConfig");
  if (isFields(own)) return [own];
  return Object.values(fields(values)).flatMap((part) => {
    const below = field(part, "meshConfig");
    return isFields(below) ? [below] : [];
  });
}

/** `meshConfig.defaultConfig.proxyStatsMatcher.inclusionRegexps[0]`, as `helm --set` reads it. */
function withParameters(values: unknown, parameters: readonly unknown[]): unknown {
  const relevant = parameters.filter((each) => text(each, "name")?.includes("meshConfig.") === true);
  if (relevant.length === 0) return values;
  const changed = structuredClone(isFields(values) ? values : {}) as Record<string, unknown>;
  for (const parameter of relevant) {
    const path = (text(parameter, "name") ?? "")
      .split(/\.|\[(\d+)\]/)
      .filter((part) => part !== undefined && part !== "");
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

function parsed(content: string | undefined): unknown {
  try {
    return content === undefined ? undefined : (parse(content) as unknown);
  } catch {
    return undefined;
  }
}
