import { field, isFields, list, type Path, text } from "../core/fields.ts";
import type { MeshConfig } from "./mesh-config.ts";
import type { DestinationRule, MergedRule } from "./merged-rules.ts";

/** The calls that a part of a rule applies to: all, those to a port, to a subset, or to a port of a subset. */
export interface RulePart {
  readonly port?: number;
  readonly subset?: string;
}

/** The settings for one part of a rule's calls, including inherited ones. */
export interface EffectivePolicy<R extends DestinationRule> {
  readonly connectionPool: Block<R>;
  readonly outlierDetection: Block<R>;
}

export interface Block<R extends DestinationRule> {
  /** Undefined if nothing sets it, so that Istio's default applies. */
  readonly value: unknown;
  /** The rule that decides, by setting it or leaving it out; undefined if MeshConfig decides, or nothing. */
  readonly rule: R | undefined;
  /** The path in the rule's manifest where it is, or would be. */
  readonly path: Path;
}

export type BlockName = keyof EffectivePolicy<DestinationRule>;

const blocks = ["connectionPool", "outlierDetection"] as const;

/**
 * Returns the policy of one part of a rule's calls. Settings for a port replace all others, a subset inherits what it
 * does not set, and MeshConfig sets the rest. Source: istio pilot/pkg/networking/util/util.go,
 * GetPortLevelTrafficPolicy and MergeSubsetTrafficPolicy; core/cluster_traffic_policy.go, applyDefaultTrafficPolicy.
 */
export function policyFor<R extends DestinationRule>(
  rule: MergedRule<R> | undefined,
  part: RulePart,
  mesh: Pick<MeshConfig, "defaultTrafficPolicy">,
): EffectivePolicy<R> {
  const whole = policyAt(rule?.policy ?? rule?.from[0], ["spec", "trafficPolicy"], part.port);
  const subset = rule?.subsets.find(({ name }) => name === part.subset);
  const own = subset && policyAt(subset.rule, ["spec", "subsets", subset.index, "trafficPolicy"], part.port);
  const [connectionPool, outlierDetection] = blocks.map((name): Block<R> => {
    if (own !== undefined && (own.isPort || isFields(own.blocks[name].value))) return own.blocks[name];
    const above = whole.blocks[name];
    const byDefault = mesh.defaultTrafficPolicy?.[name];
    return isFields(above.value) || !isFields(byDefault)
      ? above
      : { value: byDefault, rule: undefined, path: above.path };
  }) as [Block<R>, Block<R>];
  return { connectionPool, outlierDetection };
}

/**
 * Returns the TLS mode of a caller's proxy for one part of a rule's calls: `DISABLE`, `SIMPLE`, `MUTUAL` or
 * `ISTIO_MUTUAL`. Undefined if the rule does not set it, so that Istio chooses what the callee accepts.
 */
export function tlsModeFor(rule: MergedRule | undefined, part: RulePart): string | undefined {
  const mode = (from: DestinationRule | undefined, at: Path): { isPort: boolean; mode: string | undefined } => {
    const policy = field(from?.spec, ...at);
    const ofPort = list(policy, "portLevelSettings").find(
      (settings) => part.port !== undefined && field(settings, "port", "number") === part.port,
    );
    return { isPort: ofPort !== undefined, mode: text(field(ofPort ?? policy, "tls"), "mode") };
  };
  const subset = rule?.subsets.find(({ name }) => name === part.subset);
  const own = subset && mode(subset.rule, ["subsets", subset.index, "trafficPolicy"]);
  if (own !== undefined && (own.isPort || own.mode !== undefined)) return own.mode;
  return mode(rule?.policy ?? rule?.from[0], ["trafficPolicy"]).mode;
}

/** Returns every part of a rule's calls that has its own settings, all calls first. */
export function partsOf(rule: MergedRule): readonly RulePart[] {
  const ports = portsIn(field(rule.policy?.spec, "trafficPolicy"));
  const subsets = rule.subsets.flatMap(({ name, rule: { spec }, index }): RulePart[] => {
    const own = field(spec, "subsets", index, "trafficPolicy");
    if (!isFields(own)) return [];
    return [{ subset: name }, ...[...new Set([...portsIn(own), ...ports])].map((port) => ({ subset: name, port }))];
  });
  return [{}, ...ports.map((port) => ({ port })), ...subsets];
}

function portsIn(policy: unknown): readonly number[] {
  return list(policy, "portLevelSettings").flatMap((settings) => {
    const number = field(settings, "port", "number");
    return typeof number === "number" ? [number] : [];
  });
}

function policyAt<R extends DestinationRule>(
  rule: R | undefined,
  path: Path,
  port: number | undefined,
): { isPort: boolean; blocks: Readonly<Record<BlockName, Block<R>>> } {
  // The path starts at the manifest's root, so it begins with `spec`.
  const policy = field(rule?.spec, ...path.slice(1));
  const index = list(policy, "portLevelSettings").findIndex(
    (settings) => port !== undefined && field(settings, "port", "number") === port,
  );
  const isPort = index >= 0;
  const at: Path = isPort ? [...path, "portLevelSettings", index] : path;
  const block = (name: BlockName): Block<R> => ({
    value: field(rule?.spec, ...at.slice(1), name) ?? undefined,
    rule,
    path: [...at, name],
  });
  return { isPort, blocks: { connectionPool: block("connectionPool"), outlierDetection: block("outlierDetection") } };
}
