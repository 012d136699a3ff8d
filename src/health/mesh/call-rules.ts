import { type EjectionPolicy, ejectionOf } from "../../istio/circuit-breaker.ts";
import { mostSpecific, namespaceOfHost } from "../../istio/hosts.ts";
import type { DestinationRule } from "../../istio/merged-rules.ts";
import type { MeshSettings } from "../../istio/mesh-settings.ts";
import { indexRules, ruleFor } from "../../istio/rule-for-call.ts";
import { policyFor, tlsModeFor } from "../../istio/traffic-policy.ts";
import type { MeshPod } from "../../k8s/istio/port.ts";

/** What a caller's proxy sends calls to. */
export interface Callee {
  readonly host: string;
  readonly port: number;
  readonly subset?: string;
}

/** What the rules of a cluster come to for one call. */
export interface CallRule {
  /** `DestinationRule shop/stock`, of merged ones the first; absent where no rule is for the call. */
  readonly rule?: string;
  /** What becomes of hosts that fail; absent where nothing. */
  readonly ejection?: EjectionPolicy;
  /** How the caller's proxy is told to speak: `DISABLE`; absent where Istio chooses. */
  readonly tls?: string;
}

/** The rule of a call by the objects of this cluster, as istiod takes it. */
export type CallRules = (from: MeshPod, callee: Callee) => CallRule;

/** `entries`: the namespaces of ServiceEntries by their hosts. */
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
