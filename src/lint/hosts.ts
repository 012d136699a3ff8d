import { field, isFields, list, text, texts } from "./fields.ts";
import { isKind, type Manifest } from "./manifest.ts";

/** The namespace whose configuration holds for the whole mesh. */
export const meshNamespace = "istio-system";

/** A host as Istio resolves it: only a name without a dot is completed, with the namespace of the rule it stands in. */
export function fullHost(host: string, namespace: string | undefined): string {
  if (host.startsWith("*") || host.includes(".")) return host.replace(/\.svc$/, ".svc.cluster.local");
  return `${host}.${namespace ?? "(its own)"}.svc.cluster.local`;
}

/** Whether a rule's host, which may begin with a wildcard, stands for the host. */
export function standsFor(pattern: string, host: string): boolean {
  return pattern.startsWith("*") ? host.endsWith(pattern.slice(1)) : pattern === host;
}

export function isDestinationRule(manifest: Manifest): boolean {
  return isKind(manifest, "networking.istio.io", "DestinationRule");
}

export function ruleHost(rule: Manifest): string {
  return fullHost(text(rule.value, "spec", "host") ?? "", rule.namespace);
}

/** Whether clients of the namespace see the rule. */
export function isVisible(rule: Manifest, namespace: string | undefined): boolean {
  if (rule.namespace === undefined || namespace === undefined || rule.namespace === namespace) return true;
  const to = texts(rule.value, "spec", "exportTo");
  return to.length === 0 || to.includes("*") || to.includes(namespace);
}

export interface Policy {
  readonly path: readonly (string | number)[];
  /** Which part of the traffic it is for; undefined for all that no other is for. */
  readonly part?: string;
  readonly connectionPool: unknown;
  readonly outlierDetection: unknown;
  readonly tls: unknown;
}

/**
 * The policies of a DestinationRule as Istio merges them: a subset takes over what it leaves out, settings for a port
 * take over nothing (https://istio.io/latest/docs/reference/config/networking/destination-rule, portLevelSettings).
 */
export function policiesOf(rule: Manifest): readonly Policy[] {
  const whole = toPolicy(field(rule.value, "spec", "trafficPolicy"), ["spec", "trafficPolicy"]);
  const subsets = list(rule.value, "spec", "subsets").flatMap((subset, index): Policy[] => {
    const own = field(subset, "trafficPolicy");
    if (!isFields(own)) return [];
    const path = ["spec", "subsets", index, "trafficPolicy"];
    const part = `subset ${text(subset, "name") ?? index}`;
    const { connectionPool, outlierDetection, tls } = toPolicy(own, path);
    const merged: Policy = {
      path,
      part,
      connectionPool: connectionPool ?? whole.connectionPool,
      outlierDetection: outlierDetection ?? whole.outlierDetection,
      tls: tls ?? whole.tls,
    };
    return [merged, ...portPolicies(own, path, `${part}, `)];
  });
  return [
    whole,
    ...portPolicies(field(rule.value, "spec", "trafficPolicy"), ["spec", "trafficPolicy"], ""),
    ...subsets,
  ];
}

function portPolicies(policy: unknown, path: Policy["path"], of: string): Policy[] {
  return list(policy, "portLevelSettings").map((settings, index) => ({
    ...toPolicy(settings, [...path, "portLevelSettings", index]),
    part: `${of}port ${portOf(settings)}`,
  }));
}

function portOf(settings: unknown): string {
  const number = field(settings, "port", "number");
  return typeof number === "number" ? String(number) : "?";
}

function toPolicy(value: unknown, path: Policy["path"]): Policy {
  return {
    path,
    connectionPool: field(value, "connectionPool"),
    outlierDetection: field(value, "outlierDetection"),
    tls: field(value, "tls"),
  };
}
