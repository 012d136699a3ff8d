import { type EjectionPolicy, ejectionOf } from "../../istio/circuit-breaker.ts";
import { mostSpecific, namespaceOfHost } from "../../istio/hosts.ts";
import type { DestinationRule } from "../../istio/merged-rules.ts";
import type { MeshSettings } from "../../istio/mesh-settings.ts";
import { indexRules, ruleFor } from "../../istio/rule-for-call.ts";
import { policyFor, tlsModeFor } from "../../istio/traffic-policy.ts";
import type { MeshPod } from "../../k8s/istio/port.ts";

/** The service, or subset of one, that a caller's proxy sends calls to. */
export interface Callee {
  readonly host: string;
  readonly port: number;
  readonly subset?: string;
}

/** The effect of the rules of a cluster on one call. */
export interface CallRule {
  /** `DestinationRule shop/stock`, the first one if several are merged; absent if no rule applies. */
  readonly rule?: string;
  /** What happens to failing hosts; absent if nothing does. */
  readonly ejection?: EjectionPolicy;
  /** The TLS mode of the caller's proxy: `DISABLE`; absent if Istio chooses it. */
  readonly tls?: string;
}

/** Returns the rule of a call according to the objects of this cluster, like istiod. */
export type CallRules = (from: MeshPod, callee: Callee) => CallRule;

/** Returns a function that finds the rule of a call. `entries`: the namespaces of ServiceEntries by their hosts. */
export function callRules(
  rules: readonly DestinationRule[],
  entries: ReadonlyMap<string, string>,
  settings: MeshSettings,
): CallRules {
  const index = indexRules(rules, settings);
  const entryOf = (host: string): string | undefined => entries.get(mostSpecific(entries.keys(), host) ?? "");
  return ({ object: { metadata } }, { host, port, subset }) => {
    const from = { namespace: metadata.namespace ?? "default", labels: metadata.labels ?? {} };
    const taken = ruleFor(index, { from, host, namespace: namespaceOfHost(host) ?? entryOf(host) });
    const part = { port, ...(subset === undefined ? {} : { subset }) };
    const ejection = ejectionOf(policyFor(taken, part, settings).outlierDetection.value);
    const tls = tlsModeFor(taken, part);
    const [first] = taken?.from ?? [];
    return {
      ...(first === undefined ? {} : { rule: `DestinationRule ${first.namespace}/${first.name}` }),
      ...(ejection === undefined ? {} : { ejection }),
      ...(tls === undefined ? {} : { tls }),
    };
  };
}
