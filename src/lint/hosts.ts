import { resolveHost, standsFor } from "../istio/hosts.ts";
import { defaultRootNamespace } from "../istio/peer-authentication.ts";
import { field, isFields, list, type Path, text } from "./fields.ts";
import { isKind, type Manifest } from "./manifest.ts";

export { standsFor };

/** The namespace whose configuration applies to the whole mesh. */
export const meshNamespace = defaultRootNamespace;

/** Stands for the namespace of objects without one; they are applied to an unknown namespace. */
export const ownNamespace = "(its own)";

/** Returns a host as Istio resolves it in an object of the namespace. */
export function fullHost(host: string, namespace: string | undefined): string {
  return resolveHost(host, namespace ?? ownNamespace);
}

export function isDestinationRule(manifest: Manifest): boolean {
  return isKind(manifest, "networking.istio.io", "DestinationRule");
}

export function ruleHost(rule: Manifest): string {
  return fullHost(text(rule.value, "spec", "host") ?? "", rule.namespace);
}

export interface TlsPolicy {
  readonly path: Path;
  /** The part of the traffic that it applies to; undefined for everything that no other part covers. */
  readonly part?: string;
  readonly tls: unknown;
}

/** Returns the TLS settings of a DestinationRule: for all traffic, ports, subsets and ports of subsets. */
export function policiesOf(rule: Manifest): readonly TlsPolicy[] {
  const path: Path = ["spec", "trafficPolicy"];
  const whole = field(rule.value, ...path);
  const subsets = list(rule.value, "spec", "subsets").flatMap((subset, index): TlsPolicy[] => {
    const own = field(subset, "trafficPolicy");
    if (!isFields(own)) return [];
    const at: Path = ["spec", "subsets", index, "trafficPolicy"];
    const part = `subset ${text(subset, "name") ?? index}`;
    return [{ path: at, part, tls: own["tls"] }, ...portPolicies(own, at, `${part}, `)];
  });
  return [{ path, tls: field(whole, "tls") }, ...portPolicies(whole, path, ""), ...subsets];
}

function portPolicies(policy: unknown, path: Path, of: string): TlsPolicy[] {
  return list(policy, "portLevelSettings").map((settings, index) => {
    const number = field(settings, "port", "number");
    const part = `${of}port ${typeof number === "number" ? number : "?"}`;
    return { path: [...path, "portLevelSettings", index], part, tls: field(settings, "tls") };
  });
}
