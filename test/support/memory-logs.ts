import type { LogGroup, Logs } from "../../src/aws/logs/port.ts";
import type { AwsTarget } from "../../src/aws/target.ts";
import { hasTags } from "../../src/core/has-tags.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { demand, demandTags, refuse } from "./aws-rules.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const retentions = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365];

/** In-memory CloudWatch Logs: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference */
export function memoryLogs(target: AwsTarget, groups: Map<string, LogGroup>, { change }: AwsChanges): Logs {
  const known = (action: string, name: string): LogGroup =>
    groups.get(name) ?? refuse(action, "ResourceNotFoundException", "The specified log group does not exist.");
  return {
    logGroup: async (name) => groups.get(name),
    createLogGroup: (name, tags) =>
      change(() => {
        const action = "CloudWatchLogs CreateLogGroup";
        const before = groups.get(name);
        // The adapter considers a group with the same tags to be the result of an earlier call.
        const own = before === undefined || hasTags(before.tags, tags);
        demand(own, action, "ResourceAlreadyExistsException", "The specified log group already exists");
        demand(/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name), action, "InvalidParameterException", `${name} is invalid`);
        demandTags(action, tags);
        if (before !== undefined) return;
        const arn = `arn:aws:logs:${target.awsRegion}:${target.accountId}:log-group:${name}`;
        groups.set(name, { name, arn, tags });
      }),
    setRetention: (name, retentionDays) =>
      change(() => {
        const action = "CloudWatchLogs PutRetentionPolicy";
        const group = known(action, name);
        demand(retentions.includes(retentionDays), action, "InvalidParameterException", "retentionInDays is invalid");
        groups.set(name, { ...group, retentionDays });
      }),
    deleteLogGroup: async (name) => {
      if (groups.has(name)) await change(() => void groups.delete(name));
    },
  };
}
