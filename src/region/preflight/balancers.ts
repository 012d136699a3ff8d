import type { CheckFinding } from "../../core/check.ts";
import { AppError } from "../../core/error.ts";
import { balancersOfCluster } from "../made-in-cluster.ts";
import type { RegionWorld } from "../world.ts";
import { freeElsewhere, regionNames } from "./free-elsewhere.ts";
import {
  creationsOf,
  type PlannedRegion,
  type PreflightCheck,
  type PreflightContext,
  steps,
} from "./preflight-context.ts";
import { increase, isKnown, readQuota } from "./read-quota.ts";

const id = "preflight/balancers";

/** https://docs.aws.amazon.com/general/latest/gr/elb.html */
const rows = [
  { service: "elasticloadbalancing", code: "L-53DA6B97", counted: "application-load-balancers" },
  { service: "elasticloadbalancing", code: "L-69A177A2", counted: "network-load-balancers" },
  { service: "elasticloadbalancing", code: "L-B22855CB", counted: "target-groups" },
] as const;

type Row = (typeof rows)[number];
/** How many load balancers and target groups a cluster has. */
type Held = Readonly<Record<Row["counted"], number>>;

/** Every cluster has a way in. */
const least: Held = { "application-load-balancers": 1, "network-load-balancers": 1, "target-groups": 1 };

export const balancers: PreflightCheck = {
  id,
  title: "load balancers of Services",
  explain:
    "gennet makes no load balancer, but the Services and Ingresses of a new cluster do. Compares the quotas of application and network load balancers and of target groups with what the cluster of another region has of them, at least one: in the region itself, and in the others, which have to take over if it fails. Too few are a warning, because the region itself can be built: request an increase, which can take AWS days. A quota or a use that gennet may not read (elasticloadbalancing:DescribeLoadBalancers) is only noted.",
  async run(context, signal) {
    if (creationsOf(context, steps.cluster) === 0) return [];
    const expected = await expectedOf(context, signal);
    const own = rows.map((row) => ownFinding(row, expected, context.world, signal));
    const elsewhere = rows.map((row) => takeoverFinding(row, expected, context, signal));
    return (await Promise.all([...own, ...elsewhere])).flat();
  },
};

/** Returns the most that the cluster of another region has. A region that cannot be asked does not count. */
async function expectedOf({ others }: PreflightContext, signal: AbortSignal): Promise<Held> {
  const all = await Promise.all(others.map(({ world }) => heldBy(world, signal)));
  const most = (what: Row["counted"]): number => Math.max(least[what], ...all.map((held) => held[what]));
  return {
    "application-load-balancers": most("application-load-balancers"),
    "network-load-balancers": most("network-load-balancers"),
    "target-groups": most("target-groups"),
  };
}

async function heldBy(world: RegionWorld, signal: AbortSignal): Promise<Held> {
  try {
    await world.aws.verifyAccount(signal);
    const own = await balancersOfCluster(world, signal);
    const arns = own.map(({ arn }) => arn);
    const groups = arns.length === 0 ? [] : await (await world.aws.service("elbv2")).targetGroups(signal);
    return {
      "application-load-balancers": own.filter(({ kind }) => kind === "application").length,
      "network-load-balancers": own.filter(({ kind }) => kind === "network").length,
      "target-groups": groups.filter((group) => group.loadBalancerArns.some((arn) => arns.includes(arn))).length,
    };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AppError) return least;
    throw error;
  }
}

async function ownFinding(
  row: Row,
  expected: Held,
  world: RegionWorld,
  signal: AbortSignal,
): Promise<readonly CheckFinding[]> {
  const quota = await readQuota(world, row, signal);
  if (!isKnown(quota)) return [{ id, subject: `quota ${row.service} ${row.code}`, ...quota }];
  const needed = expected[row.counted];
  const { name, value, used } = quota;
  const about = { id, subject: `quota ${name}`, evidence: { value, used, needed } };
  const summary = `${used} of ${value} in use, and the Services of the cluster take ${needed}`;
  if (used + needed <= value) return [{ ...about, severity: "ok", summary }];
  return [{ ...about, severity: "warn", summary, fix: increase(world, row, used + needed) }];
}

/** Adds up what the quotas of the other regions leave free, after the clusters that the plan creates there. */
async function takeoverFinding(
  row: Row,
  expected: Held,
  { world, others }: PreflightContext,
  signal: AbortSignal,
): Promise<readonly CheckFinding[]> {
  const needed = expected[row.counted];
  const planned = async (other: PlannedRegion): Promise<number> => (creationsOf(other, steps.cluster) > 0 ? needed : 0);
  const found = await freeElsewhere(row, others, planned, signal);
  if (found === undefined) return [];
  const subject = `takeover by ${regionNames(others)}: ${row.counted.replaceAll("-", " ")}`;
  if (!("free" in found)) return [{ id, severity: "skip", subject, summary: found.summary }];
  const { free, request } = found;
  const about = { id, subject, evidence: { free, needed } };
  const summary = `${free} are free there, and the Services of ${world.region.name} take ${needed}`;
  if (free >= needed) return [{ ...about, severity: "ok", summary }];
  return [{ ...about, severity: "warn", summary, fix: request(needed - free) }];
}
