import {
  CreateCacheSubnetGroupCommand,
  CreateUserCommand,
  CreateUserGroupCommand,
  DeleteCacheSubnetGroupCommand,
  DeleteUserCommand,
  DeleteUserGroupCommand,
  DescribeCacheSubnetGroupsCommand,
  DescribeUserGroupsCommand,
  DescribeUsersCommand,
  type ElastiCacheClient,
  ModifyCacheSubnetGroupCommand,
  ModifyUserCommand,
  ModifyUserGroupCommand,
} from "@aws-sdk/client-elasticache";
import type { Calls } from "../calls.ts";
import { goneOrGoing } from "../gone-or-going.ts";
import { ownOrTaken } from "../own-or-taken.ts";
import { toTags } from "../tags.ts";
import type { ElastiCache } from "./port.ts";
import { toUser, toUserGroup } from "./shapes.ts";
import type { TagsReader } from "./tags-reader.ts";

type Access = Omit<
  ElastiCache,
  | "replicationGroup"
  | "createReplicationGroup"
  | "modifyReplicationGroup"
  | "changeTls"
  | "changeReplicas"
  | "deleteReplicationGroup"
  | "snapshotsWith"
>;

/** Returns the calls for users, user groups and subnet groups. */
export function accessCalls(client: ElastiCacheClient, { call, find }: Calls, tagsOf: TagsReader): Access {
  const port: Access = {
    async user(id, signal) {
      const answer = await find(signal, (options) => client.send(new DescribeUsersCommand({ UserId: id }), options));
      const user = answer?.Users?.[0];
      return user && toUser(user, await tagsOf(user.ARN, signal));
    },

    async createUser(user, signal) {
      const command = new CreateUserCommand({
        UserId: user.id,
        UserName: user.name,
        Engine: user.engine,
        AccessString: user.access,
        Passwords: [user.password.reveal()],
        Tags: toTags(user.tags),
      });
      await ownOrTaken(
        () => call(signal, (options) => client.send(command, options)),
        /^UserAlreadyExists/,
        user.tags,
        () => port.user(user.id, signal),
      );
    },

    async modifyUser(id, access, password, signal) {
      const passwords = password === undefined ? {} : { Passwords: [password.reveal()] };
      const input = { UserId: id, AccessString: access, ...passwords };
      await call(signal, (options) => client.send(new ModifyUserCommand(input), options));
    },

    async deleteUser(id, signal) {
      await goneOrGoing(
        () => find(signal, (options) => client.send(new DeleteUserCommand({ UserId: id }), options)),
        () => port.user(id, signal),
        signal,
      );
    },

    async userGroup(id, signal) {
      const answer = await find(signal, (options) =>
        client.send(new DescribeUserGroupsCommand({ UserGroupId: id }), options),
      );
      const group = answer?.UserGroups?.[0];
      return group && toUserGroup(group, await tagsOf(group.ARN, signal));
    },

    async createUserGroup({ id, engine, userIds, tags }, signal) {
      const input = { UserGroupId: id, Engine: engine, UserIds: [...userIds], Tags: toTags(tags) };
      await ownOrTaken(
        () => call(signal, (options) => client.send(new CreateUserGroupCommand(input), options)),
        /^UserGroupAlreadyExists/,
        tags,
        () => port.userGroup(id, signal),
      );
    },

    async modifyUserGroup(id, add, remove, signal) {
      const input = {
        UserGroupId: id,
        ...(add.length === 0 ? {} : { UserIdsToAdd: [...add] }),
        ...(remove.length === 0 ? {} : { UserIdsToRemove: [...remove] }),
      };
      await call(signal, (options) => client.send(new ModifyUserGroupCommand(input), options));
    },

    async deleteUserGroup(id, signal) {
      await goneOrGoing(
        () => find(signal, (options) => client.send(new DeleteUserGroupCommand({ UserGroupId: id }), options)),
        () => port.userGroup(id, signal),
        signal,
      );
    },

    async subnetGroup(name, signal) {
      const answer = await find(signal, (options) =>
        client.send(new DescribeCacheSubnetGroupsCommand({ CacheSubnetGroupName: name }), options),
      );
      const group = answer?.CacheSubnetGroups?.[0];
      if (group === undefined) return undefined;
      const subnetIds = (group.Subnets ?? []).map((each) => each.SubnetIdentifier ?? "");
      return { name, subnetIds, tags: await tagsOf(group.ARN, signal) };
    },

    async createSubnetGroup({ name, subnetIds, tags }, signal) {
      const command = new CreateCacheSubnetGroupCommand({
        CacheSubnetGroupName: name,
        CacheSubnetGroupDescription: "Made by gennet",
        SubnetIds: [...subnetIds],
        Tags: toTags(tags),
      });
      await ownOrTaken(
        () => call(signal, (options) => client.send(command, options)),
        /^CacheSubnetGroupAlreadyExists/,
        tags,
        () => port.subnetGroup(name, signal),
      );
    },

    async modifySubnetGroup(name, subnetIds, signal) {
      const input = { CacheSubnetGroupName: name, SubnetIds: [...subnetIds] };
      await call(signal, (options) => client.send(new ModifyCacheSubnetGroupCommand(input), options));
    },

    async deleteSubnetGroup(name, signal) {
      const input = { CacheSubnetGroupName: name };
      await find(signal, (options) => client.send(new DeleteCacheSubnetGroupCommand(input), options));
    },
  };
  return port;
}
