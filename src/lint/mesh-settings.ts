import { type MeshConfig, meshConfigOf } from "../istio/mesh-config.ts";
import { chartValues, parsedValues } from "./chart-values.ts";
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
    return isMesh ? [parsedValues(text(manifest.value, "data", "mesh"))].filter(isFields) : [];
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
  return [field(spec, "source"), ...list(spec, "sources")].flatMap((source) => configsOfValues(chartValues(source)));
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
