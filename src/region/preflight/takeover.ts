import { isStandardFamily } from "../../core/instance-family.ts";
import { freeElsewhere, regionNames } from "./free-elsewhere.ts";
import { creationsOf, type PlannedRegion, type PreflightCheck, steps } from "./preflight-context.ts";
import { vcpuQuota } from "./quota-table.ts";

const id = "preflight/takeover";

export const takeover: PreflightCheck = {
  id,
  title: "other regions can take over",
  explain:
    "If a region fails, the others must run its nodes as well. Adds up the vCPUs that their quotas leave free, after what runs there and what the plan creates there, and compares them with the nodes of this region. Too few are a warning, because the region itself can be built: request an increase in another region, which can take AWS days. Quotas that are not known there are only noted.",
  async run(context, signal) {
    const { world, others } = context;
    const { instanceType, desired } = world.region.nodes;
    if (creationsOf(context, steps.nodeGroup) === 0 || !isStandardFamily(instanceType)) return [];
    const found = await freeElsewhere(vcpuQuota, others, (other) => plannedVcpus(other, signal), signal);
    if (found === undefined) return [];
    const subject = `takeover by ${regionNames(others)}`;
    if (!("free" in found)) return [{ id, severity: "skip", subject, summary: found.summary }];
    const { free, request } = found;
    const needed = desired * (await (await world.aws.service("ec2")).vcpus(instanceType, signal));
    const about = { id, subject, evidence: { free, needed } };
    const summary = `${free} vCPUs are free there, and ${desired} nodes of ${world.region.name} take ${needed}`;
    if (free >= needed) return [{ ...about, severity: "ok", summary }];
    return [{ ...about, severity: "warn", summary, fix: request(needed - free) }];
  },
};

/** Returns the vCPUs of the nodes that the plan creates in a region. */
async function plannedVcpus(region: PlannedRegion, signal: AbortSignal): Promise<number> {
  const { instanceType, desired } = region.world.region.nodes;
  const isPlanned = creationsOf(region, steps.nodeGroup) > 0 && isStandardFamily(instanceType);
  return isPlanned ? desired * (await (await region.world.aws.service("ec2")).vcpus(instanceType, signal)) : 0;
}
