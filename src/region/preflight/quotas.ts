import type { CheckFinding } from "../../core/check.ts";
import { isStandardFamily } from "../../core/instance-family.ts";
import { creationsOf, type PreflightCheck, type PreflightContext, steps } from "./preflight-context.ts";
import { quotaTable, vcpuQuota } from "./quota-table.ts";
import { increase, isKnown, readQuota } from "./read-quota.ts";

const id = "preflight/quotas";

export const quotas: PreflightCheck = {
  id,
  title: "quotas of the account",
  explain:
    "Compares the account's quotas in the AWS region with what exists there, no matter who made it, and with what the plan creates. A quota that the plan would exceed is a failure: request an increase, which can take AWS days. A quota that gennet may not read (servicequotas:GetServiceQuota), or that AWS does not have in the region, is only noted. Nodes up to `nodes.max` that would not fit are a warning.",
  async run(context, signal) {
    const rows = quotaTable
      .map((row) => ({ row, creations: creationsOf(context, row.step) }))
      .filter(({ creations }) => creations > 0)
      .map(({ row, creations }) => ({ row, needed: row.takes?.(creations, context.world) ?? creations }));
    const counted = rows.map(async ({ row, needed }): Promise<CheckFinding> => {
      const quota = await readQuota(context.world, row, signal);
      if (!isKnown(quota)) return { id, subject: `quota ${row.service} ${row.code}`, ...quota };
      const { name, value, used } = quota;
      const about = { id, subject: `quota ${name}`, evidence: { value, used, needed } };
      const total = used + needed;
      const summary = `${used} of ${value} in use, and the plan creates ${needed}`;
      if (total <= value) return { ...about, severity: "ok", summary };
      return { ...about, severity: "fail", summary, fix: increase(context.world, row, total) };
    });
    return [...(await Promise.all(counted)), ...(await vcpus(context, signal))];
  },
};

async function vcpus(context: PreflightContext, signal: AbortSignal): Promise<readonly CheckFinding[]> {
  if (creationsOf(context, steps.nodeGroup) === 0) return [];
  const { world } = context;
  const { instanceType, desired, max } = world.region.nodes;
  if (!isStandardFamily(instanceType)) {
    const summary = `not known: ${instanceType} has the quota of its own family`;
    return [{ id, severity: "skip", subject: "quota of vCPUs", summary }];
  }
  const quota = await readQuota(world, vcpuQuota, signal);
  if (!isKnown(quota)) return [{ id, subject: `quota ${vcpuQuota.service} ${vcpuQuota.code}`, ...quota }];
  const each = await (await world.aws.service("ec2")).vcpus(instanceType, signal);
  const { name, value, used } = quota;
  const [first, most] = [desired * each, max * each];
  const about = { id, subject: `quota ${name}`, evidence: { value, used, needed: first, most } };
  const takes = `${used} of ${value} vCPUs in use, and ${desired} nodes take ${first}`;
  const fix = increase(world, vcpuQuota, used + most);
  if (used + first > value) return [{ ...about, severity: "fail", summary: takes, fix }];
  if (used + most <= value) return [{ ...about, severity: "ok", summary: takes }];
  return [{ ...about, severity: "warn", summary: `${takes}; nodes.max ${max} would take ${most}`, fix }];
}
