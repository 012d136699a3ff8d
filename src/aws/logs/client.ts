import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  ListTagsForResourceCommand,
  paginateDescribeLogGroups,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { callsTo } from "../calls.ts";
import { type Connected, nameErrors, type Session } from "../session.ts";
import { ownOrTaken } from "../own-or-taken.ts";
import type { Logs } from "./port.ts";

/** Connects to CloudWatch Logs through its SDK. */
export function createLogs(session: Session): Connected<Logs> {
  const client = new CloudWatchLogsClient(session.config());
  nameErrors(client.middlewareStack);
  const { call, find, all } = callsTo(session);
  const port: Logs = {
    async logGroup(name, signal) {
      const found = await all(
        signal,
        (options) => paginateDescribeLogGroups({ client }, { logGroupNamePrefix: name }, options),
        (page) => page.logGroups,
      );
      const group = found.find((each) => each.logGroupName === name);
      if (group === undefined) return undefined;
      // The older `arn` ends in `:*`.
      const arn = group.logGroupArn ?? (group.arn ?? "").replace(/:\*$/, "");
      const answer = await find(signal, (options) =>
        client.send(new ListTagsForResourceCommand({ resourceArn: arn }), options),
      );
      const { retentionInDays: days } = group;
      return { name, arn, ...(days === undefined ? {} : { retentionDays: days }), tags: answer?.tags ?? {} };
    },

    async createLogGroup(name, tags, signal) {
      const command = new CreateLogGroupCommand({ logGroupName: name, tags });
      await ownOrTaken(
        () => call(signal, (options) => client.send(command, options)),
        /^ResourceAlreadyExistsException$/,
        tags,
        () => port.logGroup(name, signal),
      );
    },

    async setRetention(name, days, signal) {
      const input = { logGroupName: name, retentionInDays: days };
      await call(signal, (options) => client.send(new PutRetentionPolicyCommand(input), options));
    },

    async deleteLogGroup(name, signal) {
      await find(signal, (options) => client.send(new DeleteLogGroupCommand({ logGroupName: name }), options));
    },
  };
  return { port, close: () => client.destroy() };
}
