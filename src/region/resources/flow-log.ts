import type { FlowLog, NewFlowLog } from "../../aws/ec2/port.ts";
import type { LogGroup } from "../../aws/logs/port.ts";
import { arnIn } from "../../core/arn.ts";
import { differenceOf } from "../../core/compare-fields.ts";
import { policyOf } from "../../core/iam-policy.ts";
import { ready, type ResourceContext, notVisible, readyIfThere } from "../../core/resource.ts";
import { deletions } from "../differences.ts";
import { hasTags } from "../../core/has-tags.ts";
import { identityTags, resourceTags, restoreTags, taggedDifference } from "../ec2-tags.ts";
import { isGivenVpc } from "../given.ts";
import { nameOf, notAdopting, owned, ownTags, type RegionResource, type RegionWorld, sole } from "../world.ts";
import { managedRole } from "./managed-roles.ts";
import { inVpc, vpc } from "./vpc.ts";

type At = ResourceContext<RegionWorld>;

const name = "flow-log";
const retentionDays = 30;

/** Who gives a VPC decides whether its traffic is logged. */
function wantsFlowLogs(world: RegionWorld): boolean {
  return world.region.network.flowLogs && !isGivenVpc(world);
}

/**
 * Writes to the region's log group, for flow logs of this account only.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
 */
export const flowLogRole = managedRole({
  id: "flow-log-role",
  title: "IAM role of the flow log",
  suffix: name,
  wanted: wantsFlowLogs,
  trust: ({ region }) =>
    policyOf({
      Effect: "Allow",
      Principal: { Service: "vpc-flow-logs.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "aws:SourceAccount": region.accountId } },
    }),
  inline: (world) => ({
    "write-logs": policyOf(
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
        Resource: `${logGroupArn(world)}:*`,
      },
      { Effect: "Allow", Action: "logs:DescribeLogGroups", Resource: "*" },
    ),
  }),
});

/** Returns `/gennet/<platform>/<region>/flow-log`. */
function groupName({ platform, region }: RegionWorld): string {
  return `/gennet/${platform.name}/${region.name}/${name}`;
}

function logGroupArn(world: RegionWorld): string {
  return arnIn(world.region, "logs", `log-group:${groupName(world)}`);
}

/** Where the flow log goes. Outputs its name. */
export const flowLogGroup: RegionResource<LogGroup | undefined, string> = {
  id: "flow-log-group",
  title: "Log group of the flow log",
  needs: [],
  wanted: wantsFlowLogs,
  async read({ world, signal }) {
    const group = await (await world.aws.service("logs")).logGroup(groupName(world), signal);
    return group && owned(group, `log group "${group.name}"`, notAdopting(world));
  },
  diff(actual, { world }) {
    const now = actual && { "days kept": actual.retentionDays ?? "all" };
    return differenceOf(groupName(world), now, { "days kept": retentionDays });
  },
  async apply(actual, { world, signal }) {
    const logs = await world.aws.service("logs");
    if (actual === undefined) await logs.createLogGroup(groupName(world), ownTags(world), signal);
    if (actual?.retentionDays !== retentionDays) await logs.setRetention(groupName(world), retentionDays, signal);
  },
  ready: readyIfThere,
  output: (actual) => actual?.name,
  removal: {
    diff: (actual) => deletions(actual === undefined ? [] : [actual.name]),
    async apply(actual, { world, signal }) {
      if (actual !== undefined) await (await world.aws.service("logs")).deleteLogGroup(actual.name, signal);
    },
    gone: (actual) => (actual === undefined ? ready : { state: "waiting", detail: "still visible" }),
  },
};

interface Actual {
  readonly log: FlowLog | undefined;
  /** Ours with other settings: a flow log cannot be changed. */
  readonly outdated: readonly FlowLog[];
}

/** Logs the traffic that security groups and network ACLs reject. Outputs its id. */
export const flowLog: RegionResource<Actual, string> = {
  id: "flow-log",
  title: "Flow log",
  needs: [vpc, flowLogRole, flowLogGroup],
  wanted: wantsFlowLogs,
  async read(at) {
    const { world, signal } = at;
    const found = await (await world.aws.service("ec2")).flowLogs(inVpc(at), signal);
    const own = found.filter(({ tags }) => hasTags(tags, identityTags(world, name)));
    const wanted = { ...settingsOf(at), vpcId: at.output(vpc) };
    const fits = ({ vpcId, traffic, logGroup, roleArn }: FlowLog): boolean =>
      at.removing === true ||
      (vpcId === wanted.vpcId &&
        traffic === wanted.traffic &&
        logGroup === wanted.logGroup &&
        roleArn === wanted.roleArn);
    // AWS refuses a second one with the same settings, also if the first one has lost its tags.
    const log = sole(own.filter(fits), "flow log", world) ?? (at.removing === true ? undefined : found.find(fits));
    return { log, outdated: own.filter((each) => each !== log) };
  },
  diff({ log, outdated }, { world }) {
    const target = nameOf(world, name);
    const fields = { traffic: "REJECT", "log group": groupName(world) };
    if (log === undefined && outdated.length > 0) return { operations: [{ verb: "replace", target, fields }] };
    const now = log && { fields: { traffic: log.traffic, "log group": log.logGroup }, tags: log.tags };
    return taggedDifference(target, now, { fields, tags: resourceTags(world, name) });
  },
  async apply({ log, outdated }, at) {
    const { world, signal } = at;
    const ec2 = await world.aws.service("ec2");
    const tags = resourceTags(world, name);
    for (const { id } of outdated) await ec2.deleteFlowLog(id, signal);
    if (log !== undefined) return restoreTags(ec2, log, tags, signal);
    const request: NewFlowLog = {
      vpcId: at.required(vpc),
      roleArn: at.required(flowLogRole),
      logGroup: at.required(flowLogGroup),
      traffic: "REJECT",
    };
    await ec2.createFlowLog(request, tags, signal);
  },
  ready({ log }) {
    if (log === undefined) return notVisible;
    return log.state === "ACTIVE" ? ready : { state: "waiting", detail: log.state };
  },
  output: ({ log }) => log?.id,
  removal: {
    diff: ({ log, outdated }, { world }) =>
      deletions(log === undefined && outdated.length === 0 ? [] : [nameOf(world, name)]),
    async apply({ log, outdated }, { world, signal }) {
      const ec2 = await world.aws.service("ec2");
      for (const { id } of [...(log === undefined ? [] : [log]), ...outdated]) await ec2.deleteFlowLog(id, signal);
    },
    gone: ({ log, outdated }) =>
      log === undefined && outdated.length === 0 ? ready : { state: "waiting", detail: "still visible" },
  },
};

function settingsOf(at: At): { readonly traffic: string; readonly logGroup?: string; readonly roleArn?: string } {
  const [logGroup, roleArn] = [at.output(flowLogGroup), at.output(flowLogRole)];
  return {
    traffic: "REJECT",
    ...(logGroup === undefined ? {} : { logGroup }),
    ...(roleArn === undefined ? {} : { roleArn }),
  };
}
