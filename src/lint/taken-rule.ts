import { series } from "../core/enumerate.ts";
import { namespaceOfHost } from "../istio/hosts.ts";
import { hostOf, type MergedRule } from "../istio/merged-rules.ts";
import { type Call, indexRules, namespacesOf, ruleFor, type RuleIndex } from "../istio/rule-for-call.ts";
import { type DeclaredCallee, type CallEdge, type DeclaredCaller, namespaceOfService } from "./call-edges.ts";
import { text, texts } from "./fields.ts";
import { isDestinationRule, ownNamespace, ruleHost, standsFor } from "./hosts.ts";
import type { Manifest } from "./manifest.ts";
import { type TreeRule, toTreeRule } from "./mesh-rules.ts";
import { meshOf } from "./mesh-settings.ts";
import { placeholderIn } from "./placeholders.ts";
import type { Tree } from "./tree.ts";
import type { Unit } from "./unit.ts";

/** The rule that a caller's proxy uses for a call. */
export interface Taken {
  readonly caller: DeclaredCaller;
  /** Undefined if Istio finds none. */
  readonly rule: MergedRule<TreeRule> | undefined;
  /**
   * Why a rule for the host does not apply to the call: `DestinationRule platform/payments is in a namespace that Istio
   * does not search …`.
   */
  readonly passedOver?: string;
  /** A rule that may apply to the call, depending on placeholders in its host, namespace or exportTo. */
  readonly mayBe?: Manifest;
}

/**
 * Returns the rule of a call, for each of its callers. If the tree does not determine a namespace, the better rule
 * counts.
 */
export function takenRules(edge: CallEdge, unit: Unit, tree: Tree): readonly Taken[] {
  const rules = tree.beside(unit).filter(isDestinationRule);
  return edge.callers.map((caller) => {
    const calls = edge.hosts.flatMap((callee) => callsOf(caller, callee, rules));
    for (const call of calls) {
      const rule = ruleFor(indexOf(unit, tree, rules, call.from.namespace), call);
      if (rule !== undefined) return { caller, rule };
    }
    const mayBe = rules.find((each) => mayBeFor(edge, caller, each));
    const passedOver = whyPassedOver(edge, rules, calls, (from) => indexOf(unit, tree, rules, from));
    return {
      caller,
      rule: undefined,
      ...(passedOver === undefined ? {} : { passedOver }),
      ...(mayBe === undefined ? {} : { mayBe }),
    };
  });
}

/** Returns whether a rule may apply to the call, depending on placeholders in its host, namespace or exportTo. */
function mayBeFor(edge: CallEdge, { namespace }: DeclaredCaller, rule: Manifest): boolean {
  const isOpen = (value: unknown): boolean => placeholderIn(value) !== undefined;
  if (isOpen(text(rule.value, "spec", "host"))) return true;
  if (![namespace, rule.namespace, ...texts(rule.value, "spec", "exportTo")].some(isOpen)) return false;
  return edge.hosts.some(({ host }) => standsFor(ruleHost(rule), host));
}

/** An unknown caller's namespace may be that of any rule. */
function callsOf(
  { namespace, labels }: DeclaredCaller,
  callee: DeclaredCallee,
  rules: readonly Manifest[],
): readonly Call[] {
  const froms =
    namespace === undefined
      ? [ownNamespace, ...new Set(rules.flatMap((rule) => (rule.namespace === undefined ? [] : [rule.namespace])))]
      : [namespace];
  return froms.map((from) => ({
    from: { namespace: from, labels },
    host: callee.host.replace(`.${ownNamespace}.`, `.${from}.`),
    namespace: callee.namespace === ownNamespace ? from : callee.namespace,
  }));
}

type Index = RuleIndex<TreeRule>;
const known = new WeakMap<Unit, Map<string, Index>>();

/** The call of a route: from the namespace of its VirtualService. */
export function callOf({ namespace }: Manifest, host: string, beside: readonly Manifest[]): Call {
  return {
    from: { namespace: namespace ?? ownNamespace, labels: undefined },
    host,
    namespace: namespaceOfService(host, beside),
  };
}

/** Rules without a namespace go to the caller's namespace, `home`. */
export function indexOf(unit: Unit, tree: Tree, rules: readonly Manifest[], home: string): Index {
  const ofUnit = known.get(unit) ?? new Map<string, Index>();
  known.set(unit, ofUnit);
  const key = rules.some(({ namespace }) => namespace === undefined) ? home : "";
  const index =
    ofUnit.get(key) ??
    indexRules(
      rules.map((rule) => toTreeRule(rule, home)),
      meshOf(tree),
    );
  ofUnit.set(key, index);
  return index;
}

function whyPassedOver(
  edge: CallEdge,
  rules: readonly Manifest[],
  calls: readonly Call[],
  indexFor: (from: string) => Index,
): string | undefined {
  const [call] = calls;
  if (call === undefined) return undefined;
  const near = rules.map((rule) => toTreeRule(rule, call.from.namespace));
  for (const rule of near) {
    const name = `DestinationRule ${rule.namespace}/${rule.name}`;
    const host = hostOf(rule);
    const meant = edge.hosts.find((each) => standsFor(host, each.host));
    if (meant === undefined) {
      const short = edge.hosts.find((each) => isShortFor(host, each.host));
      if (short !== undefined) return `${name} is for ${host}, which Istio does not complete to ${short.host}`;
      continue;
    }
    const places = namespacesOf(indexFor(call.from.namespace), { ...call, namespace: meant.namespace });
    if (!places.includes(rule.namespace)) return `${name} matches, but Istio only searches ${series(places)}`;
    const to = texts(rule.spec, "exportTo");
    return to.length > 0 ? `${name} matches, but is only exported to ${series(to)}` : `${name} is for other workloads`;
  }
  return undefined;
}

/** `payments.shop` and `payments.shop.svc` do not refer to the Service payments.shop.svc.cluster.local. */
function isShortFor(host: string, full: string): boolean {
  return host.includes(".") && full.startsWith(`${host}.`) && namespaceOfHost(full) !== undefined;
}
