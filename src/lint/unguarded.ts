import { field, text } from "./fields.ts";
import type { Policy } from "./hosts.ts";
import type { Manifest } from "./manifest.ts";
import type { Observation } from "./rule.ts";

/** What a DestinationRule leaves without a guard: all of its traffic, or the parts that fall out of what guards it. */
export function unguarded(
  rule: Manifest,
  policies: readonly Policy[],
  key: "connectionPool" | "outlierDetection",
  isGuard: (policy: Policy) => boolean,
): Observation[] {
  const host = text(rule.value, "spec", "host") ?? "";
  if (host.startsWith("*") || field(rule.value, "spec", "trafficPolicy", "tunnel") !== undefined) return [];
  const open = policies.filter((policy) => !isGuard(policy));
  const whole = open.find(({ part }) => part === undefined);
  const parts = policies.filter(({ part }) => part !== undefined);
  if (whole !== undefined) {
    const guarded = parts.filter((policy) => !open.includes(policy)).map(({ part }) => part);
    const all = whole[key] === undefined ? `no ${key}` : `its ${key} guards nothing`;
    const summary = guarded.length === 0 ? `${host}: ${all}` : `${host}: ${all} except for ${guarded.join(", ")}`;
    return [{ manifest: rule, path: [...whole.path, key], summary }];
  }
  return open.map((policy) => ({
    manifest: rule,
    path: [...policy.path, key],
    summary: `${host}: no ${key} for ${policy.part}, which takes none over`,
  }));
}
