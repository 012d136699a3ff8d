import { type MeshConfig, meshConfigOf } from "../istio/mesh-config.ts";
import { chartValues, parsedValues } from "./chart-values.ts";
import { field, fields, isFields, list, text, texts } from "./fields.ts";
import { meshNamespace } from "./hosts.ts";
import { isKind, type Manifest, mayBeIn, manifestSubject } from "./manifest.ts";
import type { Tree } from "./tree.ts";

/**
 * Returns every MeshConfig of the tree, wherever GitOps trees keep it: the ConfigMap istio, an IstioOperator, Istio's
 * Sail operator, and values of istiod's chart (a file, an Application, a HelmRelease, a kustomization's helmCharts).
 */
export function meshConfigsIn(tree: Tree): readonly MeshConfig[] {
  const found = known.get(tree) ?? configsIn(tree).map(meshConfigOf);
  known.set(tree, found);
  return found;
}

const known = new WeakMap<Tree, readonly MeshConfig[]>();

/** Returns the tree's MeshConfig. Several of them belong to different clusters, so Istio's defaults are used. */
export function meshOf(tree: Tree): MeshConfig {
  const [only, ...others] = meshConfigsIn(tree);
  return only === undefined || others.length > 0 ? meshConfigOf(undefined) : only;
}

/** Returns the namespace whose policies apply to the whole mesh. */
export function rootNamespaceOf(tree: Tree): string {
  return meshOf(tree).rootNamespace ?? meshNamespace;
}

/** Returns the default interception mode of pods; undefined if MeshConfig leaves it to Istio. */
export function interceptionModeOf(tree: Tree): string | undefined {
  return text(meshOf(tree).proxyConfig, "interceptionMode");
}

function configsIn(tree: Tree): readonly unknown[] {
  return [
    ...tree.declared.flatMap((each) => declaredConfigs(each, tree.declared)),
    ...tree.plain.flatMap(({ value }) => configsOfValues(value)),
    ...tree.kustomizations.flatMap(({ value }) =>
      list(value, "helmCharts").flatMap((chart) => configsOfValues(field(chart, "valuesInline"))),
    ),
  ];
}

/**
 * Returns the source of istiod values that the tree does not contain: files of another repository, a Secret, or a
 * ConfigMap. Undefined if there is none.
 */
export function unseenMeshValues(tree: Tree): string | undefined {
  for (const manifest of tree.declared) {
    const spec = manifest.value["spec"];
    if (isKind(manifest, "helm.toolkit.fluxcd.io", "HelmRelease") && isIstiod(text(spec, "chart", "spec", "chart"))) {
      const unread = valuesFrom(manifest).find((each) => configMapOf(each, manifest, tree.declared) === undefined);
      if (unread !== undefined)
        return `${manifestSubject(manifest)} has values of ${text(unread, "kind")} ${text(unread, "name")}`;
    }
    const own = isKind(manifest, "argoproj.io", "ApplicationSet") ? field(spec, "template", "spec") : spec;
    if (!isKind(manifest, "argoproj.io", "Application", "ApplicationSet")) continue;
    const sources = [field(own, "source"), ...list(own, "sources")].filter((each) => isIstiod(text(each, "chart")));
    const [file] = sources.flatMap((source) => texts(source, "helm", "valueFiles"));
    if (file !== undefined) return `${manifestSubject(manifest)} has values of ${file}`;
  }
  return undefined;
}

function isIstiod(chart: string | undefined): boolean {
  return chart !== undefined && /(^|\/)(istiod|istio-discovery)$/.test(chart);
}

function valuesFrom({ value }: Manifest): readonly unknown[] {
  return list(value, "spec", "valuesFrom");
}

/** Returns the values of a HelmRelease that are in a ConfigMap of the tree. */
function configMapOf(from: unknown, release: Manifest, all: readonly Manifest[]): string | undefined {
  if (text(from, "kind") !== "ConfigMap") return undefined;
  const name = text(from, "name");
  const map = all.find(
    (each) => isKind(each, "", "ConfigMap") && each.name === name && mayBeIn(each, release.namespace),
  );
  return text(map?.value, "data", text(from, "valuesKey") ?? "values.yaml");
}

function declaredConfigs(manifest: Manifest, all: readonly Manifest[]): readonly unknown[] {
  const spec = manifest.value["spec"];
  if (isKind(manifest, "", "ConfigMap")) {
    const isMesh = /^istio(-|$)/.test(manifest.name) && manifest.namespace === meshNamespace;
    return isMesh ? [parsedValues(text(manifest.value, "data", "mesh"))].filter(isFields) : [];
  }
  if (isKind(manifest, "install.istio.io", "IstioOperator")) {
    return [...configsOfValues(spec), ...configsOfValues(field(spec, "values"))];
  }
  if (isKind(manifest, "sailoperator.io", "Istio", "IstioRevision")) return configsOfValues(field(spec, "values"));
  if (isKind(manifest, "helm.toolkit.fluxcd.io", "HelmRelease")) {
    const given = valuesFrom(manifest).map((each) => configMapOf(each, manifest, all));
    return [
      ...given.flatMap((content) => configsOfValues(parsedValues(content))),
      ...configsOfValues(field(spec, "values")),
    ];
  }
  if (isKind(manifest, "argoproj.io", "Application")) return applicationConfigs(spec);
  if (isKind(manifest, "argoproj.io", "ApplicationSet")) return applicationConfigs(field(spec, "template", "spec"));
  return [];
}

function applicationConfigs(spec: unknown): readonly unknown[] {
  return [field(spec, "source"), ...list(spec, "sources")].flatMap((source) => configsOfValues(chartValues(source)));
}

/** Returns a chart's own values, and the values of its istiod subchart: `istiod: { meshConfig: … }`. */
function configsOfValues(values: unknown): readonly unknown[] {
  const own = field(values, "meshConfig");
  if (isFields(own)) return [own];
  return Object.values(fields(values)).flatMap((part) => {
    const below = field(part, "meshConfig");
    return isFields(below) ? [below] : [];
  });
}
