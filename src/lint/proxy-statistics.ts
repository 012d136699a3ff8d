import type { MeshConfig } from "../istio/mesh-config.ts";
import { proxyConfigOf } from "../istio/proxy-config.ts";
import { type PlainFields, texts } from "./fields.ts";

interface Matcher {
  readonly prefixes: readonly string[];
  readonly suffixes: readonly string[];
  readonly regexps: readonly string[];
}

/** Names of Envoy statistics for Istio's clusters; older versions have no `;`. */
const cluster = "cluster.outbound|80||payments.payments.svc.cluster.local";
const ejections = ["outlier_detection.ejections_active"];
const breakers = ["cx_open", "rq_open", "rq_pending_open"].map((name) => `circuit_breakers.default.${name}`);

/**
 * Returns whether the proxy of a pod with these annotations exports outlier and breaker statistics, given the mesh
 * configuration. An annotation replaces the configuration's list of the same kind. Source: istio
 * pkg/bootstrap/config.go, getStatsOptions.
 */
export function exportsBreakers(annotations: PlainFields, mesh: Pick<MeshConfig, "proxyConfig">): boolean {
  const own = proxyConfigOf(annotations);
  const included = (key: string): readonly string[] => {
    const annotation = annotations[`sidecar.istio.io/statsInclusion${key}`];
    if (typeof annotation === "string" && annotation !== "") return annotation.split(",").filter((each) => each !== "");
    const [ofPod, ofMesh] = [own, mesh.proxyConfig].map((config) =>
      texts(config, "proxyStatsMatcher", `inclusion${key}`),
    );
    return (ofPod?.length === 0 ? ofMesh : ofPod) ?? [];
  };
  const matcher = { prefixes: included("Prefixes"), suffixes: included("Suffixes"), regexps: included("Regexps") };
  return includesBreakers(matcher);
}

function includesBreakers(matcher: Matcher): boolean {
  const isIncluded = (statistic: string): boolean =>
    [`${cluster};.${statistic}`, `${cluster}.${statistic}`].some((name) => includes(matcher, name));
  return ejections.some(isIncluded) && breakers.some(isIncluded);
}

/** Envoy's regular expressions match the whole name. */
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
