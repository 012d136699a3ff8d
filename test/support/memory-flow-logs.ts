import type { Ec2, FlowLog } from "../../src/aws/ec2/port.ts";
import { demand, refuse } from "./aws-rules.ts";
import type { MemoryThings } from "./memory-things.ts";

/** What a flow log writes to, and as whom. */
export interface FlowLogNeeds {
  hasLogGroup(name: string): boolean;
  /** Whether EC2 may assume a role to write flow logs. */
  isTrusting(roleArn: string): boolean;
}

/** An account without a log group. */
export const noFlowLogs: FlowLogNeeds = { hasLogGroup: () => false, isTrusting: () => false };

/** In-memory flow logs: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html */
export function memoryFlowLogs(
  { make, remove, known, where }: MemoryThings,
  { hasLogGroup, isTrusting }: FlowLogNeeds,
): Pick<Ec2, "flowLogs" | "createFlowLog" | "deleteFlowLog"> {
  return {
    flowLogs: async (query) =>
      where("fl", query).map(({ id, tags, facts }) => ({ id, tags, state: "ACTIVE", ...facts }) as unknown as FlowLog),
    createFlowLog: (log, tags) =>
      make("fl", tags, { ...log }, () => {
        const action = "EC2 CreateFlowLogs";
        known(action, "vpc", log.vpcId);
        demand(isTrusting(log.roleArn), action, "InvalidParameter", "Unable to assume given IAM role");
        if (!hasLogGroup(log.logGroup)) refuse(action, "InvalidParameter", `${log.logGroup} does not exist`);
        const others = where("fl", { vpcId: log.vpcId });
        const isDoubled = others.some(
          ({ facts }) => facts["traffic"] === log.traffic && facts["logGroup"] === log.logGroup,
        );
        const why = "There is an existing Flow Log with the same configuration and log destination";
        demand(!isDoubled, action, "FlowLogAlreadyExists", why);
      }),
    deleteFlowLog: (id) => remove("fl", id),
  };
}
