import type { PlannedRegion } from "./preflight-context.ts";
import type { QuotaRow } from "./quota-table.ts";
import { increase, isKnown, type QuotaGap, type QuotaUse, readQuota } from "./read-quota.ts";

interface FreeElsewhere {
  /** What the quotas leave, once the plan is made there. */
  readonly free: number;
  /** Returns the command that requests what is missing, in the first of the regions. */
  request(missing: number): string;
}

/**
 * Adds up what a quota leaves free in other regions; undefined if there are none. `planned`: what the plan of a region
 * takes of it there.
 */
export async function freeElsewhere(
  row: Pick<QuotaRow, "service" | "code" | "counted">,
  others: readonly PlannedRegion[],
  planned: (region: PlannedRegion) => Promise<number>,
  signal: AbortSignal,
): Promise<FreeElsewhere | QuotaGap | undefined> {
  const quotas = await Promise.all(others.map(({ world }) => readQuota(world, row, signal)));
  const known: QuotaUse[] = [];
  for (const quota of quotas) {
    if (!isKnown(quota)) return quota;
    known.push(quota);
  }
  const [region] = others;
  const [quota] = known;
  if (region === undefined || quota === undefined) return undefined;
  const taken = await Promise.all(others.map(planned));
  const free = known.reduce((sum, { value, used }, at) => sum + Math.max(0, value - used - (taken[at] ?? 0)), 0);
  return { free, request: (missing) => increase(region.world, row, quota.value + missing) };
}

export function regionNames(others: readonly PlannedRegion[]): string {
  return others.map(({ world }) => world.region.name).join(", ");
}
