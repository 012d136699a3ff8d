import { field, type PlainFields, isFields, list, text, texts } from "../core/fields.ts";
import { resolveHost } from "./hosts.ts";

/** A DestinationRule in a cluster or a file. */
export interface DestinationRule {
  readonly name: string;
  readonly namespace: string;
  readonly spec: unknown;
  /** RFC 3339; undefined in a file. Rules for the same host are sorted by age, oldest first, then by name. */
  readonly createdAt?: string | undefined;
}

/** What istiod makes of the rules for the same host, namespace and clients. */
export interface MergedRule<R extends DestinationRule = DestinationRule> {
  /** Resolved. */
  readonly host: string;
  readonly namespace: string;
  /** As written; empty if missing, and only `.` for a rule with a workloadSelector. */
  readonly exportTo: ReadonlySet<string>;
  /** The labels of the clients that it applies to; undefined for all clients. */
  readonly selector: PlainFields | undefined;
  /** In the order in which istiod merges them. */
  readonly from: readonly R[];
  /** The rule whose spec.trafficPolicy applies; undefined if none has one. */
  readonly policy: R | undefined;
  readonly subsets: readonly MergedSubset<R>[];
}

export interface MergedSubset<R extends DestinationRule> {
  readonly name: string;
  /** The rule that defines it, and its index in spec.subsets. */
  readonly rule: R;
  readonly index: number;
}

export function hostOf({ spec, namespace }: DestinationRule): string {
  return resolveHost(text(spec, "host") ?? "", namespace);
}

export function exportsOf({ spec }: DestinationRule): ReadonlySet<string> {
  return new Set(selectorOf(spec) === undefined ? texts(spec, "exportTo") : ["."]);
}

/** Rules with a workloadSelector first, then the oldest: sortConfigBySelectorAndCreationTime in istiod's push_context.go. */
export function inMergeOrder<R extends DestinationRule>(rules: readonly R[]): readonly R[] {
  const key = ({ spec, createdAt = "", name, namespace }: DestinationRule): readonly string[] => [
    selectorOf(spec) === undefined ? "1" : "0",
    createdAt,
    name,
    namespace,
  ];
  return rules.toSorted((one, other) => {
    const [left, right] = [key(one), key(other)];
    const at = left.findIndex((part, index) => part !== right[index]);
    return at < 0 ? 0 : (left[at] ?? "") < (right[at] ?? "") ? -1 : 1;
  });
}

/**
 * Adds a rule to those for its host and namespace, like istiod: adds subsets with new names, uses its policy if there
 * was none, and keeps rules with other exports or another workloadSelector separate. Source: istio
 * pilot/pkg/model/destination_rule.go, mergeDestinationRule.
 */
export function mergeInto<R extends DestinationRule>(before: readonly MergedRule<R>[], rule: R): MergedRule<R>[] {
  const exportTo = exportsOf(rule);
  const selector = selectorOf(rule.spec);
  let isSeparate = true;
  const merged = before.map((known) => {
    const isSame = isEqual(exportTo, known.exportTo);
    if (!isSame && (known.exportTo.size === 0 || [...known.exportTo].some((each) => !exportTo.has(each)))) {
      isSeparate = true;
      return known;
    }
    isSeparate = !isSame;
    if (selector !== undefined && known.selector !== undefined && !hasSameLabels(selector, known.selector)) {
      isSeparate = true;
      return known;
    }
    if ((selector === undefined) === (known.selector === undefined)) isSeparate = false;
    const names = new Set(known.subsets.map(({ name }) => name));
    return {
      ...known,
      from: [...known.from, rule],
      policy: known.policy ?? policyOf(rule),
      subsets: [...known.subsets, ...subsetsOf(rule).filter(({ name }) => !names.has(name))],
    };
  });
  if (!isSeparate) return merged;
  const { namespace } = rule;
  const own = { host: hostOf(rule), namespace, exportTo, selector, from: [rule], policy: policyOf(rule) };
  return [...merged, { ...own, subsets: subsetsOf(rule) }];
}

export function subsetsOf<R extends DestinationRule>(rule: R): readonly MergedSubset<R>[] {
  return list(rule.spec, "subsets").flatMap((subset, index) => {
    const name = text(subset, "name");
    return name === undefined ? [] : [{ name, rule, index }];
  });
}

function policyOf<R extends DestinationRule>(rule: R): R | undefined {
  return isFields(field(rule.spec, "trafficPolicy")) ? rule : undefined;
}

function selectorOf(spec: unknown): PlainFields | undefined {
  const selector = field(spec, "workloadSelector");
  if (!isFields(selector)) return undefined;
  const labels = selector["matchLabels"];
  return isFields(labels) ? labels : {};
}

function isEqual(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((each) => other.has(each));
}

function hasSameLabels(one: PlainFields, other: PlainFields): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}
