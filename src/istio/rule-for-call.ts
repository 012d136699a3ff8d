import type { PlainFields } from "../core/fields.ts";
import { mostSpecific } from "./hosts.ts";
import { defaultRootNamespace } from "./peer-authentication.ts";
import { type DestinationRule, exportsOf, hostOf, inMergeOrder, type MergedRule, mergeInto } from "./merged-rules.ts";
import type { MeshConfig } from "./mesh-config.ts";

/** A call as istiod sees it: from a proxy to a service. */
export interface Call {
  readonly from: {
    readonly namespace: string;
    /** The pod's labels; undefined if unknown, so that every workloadSelector may match. */
    readonly labels: PlainFields | undefined;
  };
  /** The service's resolved host. */
  readonly host: string;
  /** The namespace of the Service or ServiceEntry; undefined if unknown, so that it is not searched. */
  readonly namespace: string | undefined;
}

/** The rules of a mesh, as istiod stores them. */
export interface RuleIndex<R extends DestinationRule> {
  readonly rootNamespace: string;
  /** Visible to clients in the rule's own namespace. */
  readonly local: ByNamespace<R>;
  /** Visible to clients in other namespaces. */
  readonly exported: ByNamespace<R>;
  /** In the root namespace, and visible only there. */
  readonly rootOnly: ByHost<R>;
}

type ByHost<R extends DestinationRule> = ReadonlyMap<string, readonly MergedRule<R>[]>;
type ByNamespace<R extends DestinationRule> = ReadonlyMap<string, ByHost<R>>;

/** Source: istio pilot/pkg/model/push_context.go, setDestinationRules. */
export function indexRules<R extends DestinationRule>(
  rules: readonly R[],
  mesh: Pick<MeshConfig, "rootNamespace" | "defaultDestinationRuleExportTo">,
): RuleIndex<R> {
  const rootNamespace = mesh.rootNamespace ?? defaultRootNamespace;
  const local = new Map<string, Map<string, MergedRule<R>[]>>();
  const exported = new Map<string, Map<string, MergedRule<R>[]>>();
  const rootOnly = new Map<string, MergedRule<R>[]>();
  const below = (index: typeof local, namespace: string): Map<string, MergedRule<R>[]> => {
    const hosts = index.get(namespace) ?? new Map<string, MergedRule<R>[]>();
    index.set(namespace, hosts);
    return hosts;
  };
  for (const rule of inMergeOrder(rules)) {
    const { namespace } = rule;
    const to = exportsOf(rule);
    const host = hostOf(rule);
    const add = (hosts: Map<string, MergedRule<R>[]>): unknown =>
      hosts.set(host, mergeInto(hosts.get(host) ?? [], rule));
    if (to.size === 0 || [".", "*", namespace].some((each) => to.has(each))) add(below(local, namespace));
    const isPrivate =
      to.size === 0
        ? mesh.defaultDestinationRuleExportTo?.includes(".") === true
        : to.size === 1 && (to.has(".") || to.has(namespace));
    if (!isPrivate) add(below(exported, namespace));
    else if (namespace === rootNamespace) add(rootOnly);
  }
  return { rootNamespace, local, exported, rootOnly };
}

/**
 * Returns the rule that a caller's proxy gets for a call, or undefined if there is none. The first namespace with a
 * rule for the host decides, even if its rule is for other workloads: the caller's, the service's, the root namespace.
 * Source: istio pilot/pkg/model/push_context.go, destinationRule; sidecar.go, SidecarScope.DestinationRule.
 */
export function ruleFor<R extends DestinationRule>(index: RuleIndex<R>, call: Call): MergedRule<R> | undefined {
  const { from, host, namespace } = call;
  const { rootNamespace } = index;
  const own = matching(from.namespace === rootNamespace ? index.rootOnly : index.local.get(from.namespace), host);
  if (own !== undefined) return forWorkload(own, from);
  for (const each of [namespace, rootNamespace]) {
    const found = each === undefined ? undefined : matching(index.exported.get(each), host);
    const seen = found?.filter(
      ({ exportTo }) => exportTo.size === 0 || exportTo.has("*") || exportTo.has(from.namespace),
    );
    if (seen !== undefined && seen.length > 0) return forWorkload(seen, from);
  }
  return undefined;
}

/** Returns the namespaces that istiod searches for the rule of a call, in order. */
export function namespacesOf(
  { rootNamespace }: RuleIndex<DestinationRule>,
  { from, namespace }: Call,
): readonly string[] {
  const all = [from.namespace, ...(namespace === undefined ? [] : [namespace]), rootNamespace];
  return [...new Set(all)];
}

function matching<R extends DestinationRule>(
  rules: ByHost<R> | undefined,
  host: string,
): readonly MergedRule<R>[] | undefined {
  const best = rules === undefined ? undefined : mostSpecific(rules.keys(), host);
  return best === undefined ? undefined : rules?.get(best);
}

function forWorkload<R extends DestinationRule>(
  rules: readonly MergedRule<R>[],
  { namespace, labels }: Call["from"],
): MergedRule<R> | undefined {
  const selected = rules.find(
    (rule) =>
      rule.selector !== undefined &&
      rule.namespace === namespace &&
      (labels === undefined || Object.entries(rule.selector).every(([key, value]) => labels[key] === value)),
  );
  return selected ?? rules.findLast(({ selector }) => selector === undefined);
}
