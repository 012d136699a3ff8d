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
import { hasTags } from "../../core/has-tags.ts";
import type { Tags } from "../tags.ts";
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
      await call(signal, async (options) => {
        try {
          await client.send(new CreateLogGroupCommand({ logGroupName: name, tags }), options);
        } catch (error) {
          if (!(error instanceof Error) || error.name !== "ResourceAlreadyExistsException") throw error;
          if (!(await isOwn(name, tags, signal))) throw error;
        }
      });
    },

    async setRetention(name, days, signal) {
      const input = { logGroupName: name, retentionInDays: days };
      await call(signal, (options) => client.send(new PutRetentionPolicyCommand(input), options));
    },

    async deleteLogGroup(name, signal) {
      await find(signal, (options) => client.send(new DeleteLogGroupCommand({ logGroupName: name }), options));
    },
  };
  /** Whether a log group is the result of an attempt whose response was lost. */
  const isOwn = async (name: string, tags: Tags, signal: AbortSignal): Promise<boolean> => {
    const group = await port.logGroup(name, signal);
    return group !== undefined && hasTags(group.tags, tags);
  };
  return { port, close: () => client.destroy() };
}
