import { parse } from "yaml";
import { type Fields, field, text, texts } from "./fields.ts";
import { meshNamespace } from "./hosts.ts";
import { isKind, type Manifest } from "./manifest.ts";

interface Matcher {
  readonly prefixes: readonly string[];
  readonly suffixes: readonly string[];
  readonly regexps: readonly string[];
}

/** Statistics as Envoy names them for Istio's clusters; older lines have no `;`. */
const cluster = "cluster.outbound|80||payments.payments.svc.cluster.local";
const ejections = ["outlier_detection.ejections_active"];
const breakers = ["cx_open", "rq_open", "rq_pending_open"].map((name) => `circuit_breakers.default.${name}`);

/** Whether a pod's annotations make its proxy export outlier and breaker statistics. */
export function exportsBreakers(annotations: Fields): boolean {
  const split = (key: string): readonly string[] => {
    const value = annotations[`sidecar.istio.io/statsInclusion${key}`];
    return typeof value === "string" ? value.split(",").filter((each) => each !== "") : [];
  };
  const config = annotations["proxy.istio.io/config"];
  return [
    { prefixes: split("Prefixes"), suffixes: split("Suffixes"), regexps: split("Regexps") },
    matcherOf(typeof config === "string" ? parsed(config) : undefined),
  ].some(includesBreakers);
}

/** Whether it is a MeshConfig that makes every proxy do so. */
export function meshExports(manifest: Manifest): boolean {
  const isMesh = isKind(manifest, "", "ConfigMap") && manifest.name === "istio" && manifest.namespace === meshNamespace;
  const operator =
    isKind(manifest, "install.istio.io", "IstioOperator") || isKind(manifest, "sailoperator.io", "Istio");
  const config = isMesh
    ? parsed(text(manifest.value, "data", "mesh") ?? "")
    : (field(manifest.value, "spec", "meshConfig") ?? field(manifest.value, "spec", "values", "meshConfig"));
  return (isMesh || operator) && includesBreakers(matcherOf(field(config, "defaultConfig")));
}

function matcherOf(proxyConfig: unknown): Matcher {
  const all = (key: string): readonly string[] => texts(proxyConfig, "proxyStatsMatcher", key);
  return { prefixes: all("inclusionPrefixes"), suffixes: all("inclusionSuffixes"), regexps: all("inclusionRegexps") };
}

function includesBreakers(matcher: Matcher): boolean {
  const isIncluded = (statistic: string): boolean =>
    [`${cluster};.${statistic}`, `${cluster}.${statistic}`].some((name) => includes(matcher, name));
  return ejections.some(isIncluded) && breakers.some(isIncluded);
}

/** Envoy's regular expressions stand for the whole name. */
function includes({ prefixes, suffixes, regexps }: Matcher, name: string): boolean {
  return (
    prefixes.some((prefix) => name.startsWith(prefix)) ||
    suffixes.some((suffix) => name.endsWith(suffix)) ||
    regexps.some((regexp) => {
      try {
        return new RegExp(`^(?:${regexp})$`).test(name);
      } catch {
        return false;
      }
    })
  );
}

function parsed(content: string): unknown {
  try {
    return parse(content) as unknown;
  } catch {
    return undefined;
  }
}
