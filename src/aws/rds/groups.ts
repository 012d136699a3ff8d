import {
  CreateDBParameterGroupCommand,
  CreateDBSubnetGroupCommand,
  DeleteDBParameterGroupCommand,
  DeleteDBSubnetGroupCommand,
  DescribeDBParameterGroupsCommand,
  DescribeDBSubnetGroupsCommand,
  ListTagsForResourceCommand,
  ModifyDBParameterGroupCommand,
  ModifyDBSubnetGroupCommand,
  paginateDescribeDBParameters,
  type RDSClient,
} from "@aws-sdk/client-rds";
import type { Calls } from "../calls.ts";
import { ownOrTaken } from "../own-or-taken.ts";
import { fromTags, type Tags, toTags } from "../tags.ts";
import type { Rds } from "./port.ts";
import { fromParameters, toParameters } from "./shapes.ts";

type Groups = Pick<
  Rds,
  | "subnetGroup"
  | "createSubnetGroup"
  | "modifySubnetGroup"
  | "deleteSubnetGroup"
  | "parameterGroup"
  | "createParameterGroup"
  | "setParameters"
  | "deleteParameterGroup"
>;

const description = "Made by gennet";

/** Returns the calls for subnet groups and parameter groups. */
export function groupCalls(client: RDSClient, { call, find, all }: Calls): Groups {
  const tagsOf = async (arn: string | undefined, signal: AbortSignal): Promise<Tags> => {
    const input = { ResourceName: arn ?? "" };
    const answer = await find(signal, (options) => client.send(new ListTagsForResourceCommand(input), options));
    return fromTags(answer?.TagList);
  };
  const port: Groups = {
    async subnetGroup(name, signal) {
      const answer = await find(signal, (options) =>
        client.send(new DescribeDBSubnetGroupsCommand({ DBSubnetGroupName: name }), options),
      );
      const group = answer?.DBSubnetGroups?.[0];
      if (group === undefined) return undefined;
      const subnetIds = (group.Subnets ?? []).map((each) => each.SubnetIdentifier ?? "");
      return { name, vpcId: group.VpcId ?? "", subnetIds, tags: await tagsOf(group.DBSubnetGroupArn, signal) };
    },

    async createSubnetGroup({ name, subnetIds, tags }, signal) {
      const command = new CreateDBSubnetGroupCommand({
        DBSubnetGroupName: name,
        DBSubnetGroupDescription: description,
        SubnetIds: [...subnetIds],
        Tags: toTags(tags),
      });
      await ownOrTaken(
        () => call(signal, (options) => client.send(command, options)),
        /^DBSubnetGroupAlreadyExists/,
        tags,
        () => port.subnetGroup(name, signal),
      );
    },

    async modifySubnetGroup(name, subnetIds, signal) {
      const input = { DBSubnetGroupName: name, SubnetIds: [...subnetIds] };
      await call(signal, (options) => client.send(new ModifyDBSubnetGroupCommand(input), options));
    },

    async deleteSubnetGroup(name, signal) {
      const input = { DBSubnetGroupName: name };
      await find(signal, (options) => client.send(new DeleteDBSubnetGroupCommand(input), options));
    },

    async parameterGroup(name, signal) {
      const answer = await find(signal, (options) =>
        client.send(new DescribeDBParameterGroupsCommand({ DBParameterGroupName: name }), options),
      );
      const group = answer?.DBParameterGroups?.[0];
      if (group === undefined) return undefined;
      const [set, tags] = await Promise.all([
        all(
          signal,
          (options) =>
            paginateDescribeDBParameters({ client }, { DBParameterGroupName: name, Source: "user" }, options),
          (page) => page.Parameters,
        ),
        tagsOf(group.DBParameterGroupArn, signal),
      ]);
      return { name, family: group.DBParameterGroupFamily ?? "", parameters: fromParameters(set), tags };
    },

    async createParameterGroup({ name, family, tags }, signal) {
      const command = new CreateDBParameterGroupCommand({
        DBParameterGroupName: name,
        DBParameterGroupFamily: family,
        Description: description,
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
      const input = { DBParameterGroupName: name, Parameters: toParameters(parameters) };
      await call(signal, (options) => client.send(new ModifyDBParameterGroupCommand(input), options));
    },

    async deleteParameterGroup(name, signal) {
      const input = { DBParameterGroupName: name };
      await find(signal, (options) => client.send(new DeleteDBParameterGroupCommand(input), options));
    },
  };
  return port;
}
