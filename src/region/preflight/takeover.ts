import type { CheckFinding } from "../../core/check.ts";
import { isStandardFamily } from "../../core/instance-family.ts";
import { creationsOf, type PlannedRegion, type PreflightCheck, steps } from "./preflight-context.ts";
import { vcpuQuota } from "./quota-table.ts";
import { increase, isKnown, type QuotaGap, readQuota } from "./read-quota.ts";

const id = "preflight/takeover";

export const takeover: PreflightCheck = {
  id,
  title: "other regions can take over",
  explain:
    "If a region fails, the others must run its nodes as well. Adds up the vCPUs that their quotas leave free, after what runs there and what the plan creates there, and compares them with the nodes of this region. Too few are a warning, because the region itself can be built: request an increase in another region, which can take AWS days. Quotas that are not known there are only noted.",
  async run(context, signal) {
    const { world, others } = context;
    const { instanceType, desired } = world.region.nodes;
    if (creationsOf(context, steps.nodeGroup) === 0 || others.length === 0 || !isStandardFamily(instanceType))
      return [];
    const needed = desired * (await (await world.aws.service("ec2")).vcpus(instanceType, signal));
    const free = await Promise.all(others.map((other) => freeVcpus(other, signal)));
    const gap = free.find((each) => typeof each !== "number");
    const names = others.map(({ world: { region } }) => region.name).join(", ");
    if (gap !== undefined) return [{ id, severity: "skip", subject: `takeover by ${names}`, summary: gap.summary }];
    const total = free.reduce<number>((sum, each) => sum + (typeof each === "number" ? each : 0), 0);
    const about = { id, subject: `takeover by ${names}`, evidence: { free: total, needed } };
    const summary = `${total} vCPUs are free there, and ${desired} nodes of ${world.region.name} take ${needed}`;
    if (total >= needed) return [{ ...about, severity: "ok", summary }];
    return [{ ...about, severity: "warn", summary, ...(await way(others, needed - total, signal)) }];
  },
};

/** Returns the vCPUs that a region's quota leaves, once its own nodes are created. */
async function freeVcpus(region: PlannedRegion, signal: AbortSignal): Promise<number | QuotaGap> {
  const { world } = region;
  const quota = await readQuota(world, vcpuQuota, signal);
  if (!isKnown(quota)) return quota;
  const { instanceType, desired } = world.region.nodes;
  const isPlanned = creationsOf(region, steps.nodeGroup) > 0 && isStandardFamily(instanceType);
  const planned = isPlanned ? desired * (await (await world.aws.service("ec2")).vcpus(instanceType, signal)) : 0;
  return Math.max(0, quota.value - quota.used - planned);
}

/** Returns the request for what is missing, in the first of the other regions. */
async function way(
  [first]: readonly PlannedRegion[],
  missing: number,
  signal: AbortSignal,
): Promise<Pick<CheckFinding, "fix">> {
  if (first === undefined) return {};
  const quota = await readQuota(first.world, vcpuQuota, signal);
  return isKnown(quota) ? { fix: increase(first.world, vcpuQuota, quota.value + missing) } : {};
}
