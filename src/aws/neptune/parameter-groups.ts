import {
  CreateDBClusterParameterGroupCommand,
  DeleteDBClusterParameterGroupCommand,
  DescribeDBClusterParameterGroupsCommand,
  ModifyDBClusterParameterGroupCommand,
  type NeptuneClient,
  paginateDescribeDBClusterParameters,
} from "@aws-sdk/client-neptune";
import type { Calls } from "../calls.ts";
import { ownOrTaken } from "../own-or-taken.ts";
import { fromParameters, toParameters } from "../rds/shapes.ts";
import { type Tags, toTags } from "../tags.ts";
import type { Neptune } from "./port.ts";

type ParameterGroups = Pick<
  Neptune,
  "parameterGroup" | "createParameterGroup" | "setParameters" | "deleteParameterGroup"
>;
type TagsOf = (arn: string | undefined, signal: AbortSignal) => Promise<Tags>;

/** Returns the calls for DB cluster parameter groups. */
export function parameterGroupCalls(
  client: NeptuneClient,
  { call, find, all }: Calls,
  tagsOf: TagsOf,
): ParameterGroups {
  const port: ParameterGroups = {
    async parameterGroup(name, signal) {
      const answer = await find(signal, (options) =>
        client.send(new DescribeDBClusterParameterGroupsCommand({ DBClusterParameterGroupName: name }), options),
      );
      const group = answer?.DBClusterParameterGroups?.[0];
      if (group === undefined) return undefined;
      const input = { DBClusterParameterGroupName: name, Source: "user" };
      const [set, tags] = await Promise.all([
        all(
          signal,
          (options) => paginateDescribeDBClusterParameters({ client }, input, options),
          (page) => page.Parameters,
        ),
        tagsOf(group.DBClusterParameterGroupArn, signal),
      ]);
      return { name, family: group.DBParameterGroupFamily ?? "", parameters: fromParameters(set), tags };
    },

    async createParameterGroup({ name, family, tags }, signal) {
      const command = new CreateDBClusterParameterGroupCommand({
        DBClusterParameterGroupName: name,
        DBParameterGroupFamily: family,
        Description: "Made by gennet",
        Tags: toTags(tags),
      });
      await ownOrTaken(
        () => call(signal, (options) => client.send(command, options)),
        /^DBParameterGroupAlreadyExists/,
        tags,
        () => port.parameterGroup(name, signal),
      );
    },

    async setParameters(name, parameters, signal) {
      const input = { DBClusterParameterGroupName: name, Parameters: toParameters(parameters) };
      await call(signal, (options) => client.send(new ModifyDBClusterParameterGroupCommand(input), options));
    },

    async deleteParameterGroup(name, signal) {
      const input = { DBClusterParameterGroupName: name };
      await find(signal, (options) => client.send(new DeleteDBClusterParameterGroupCommand(input), options));
    },
  };
  return port;
}
