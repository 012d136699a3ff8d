import type { CacheUser, CacheUserGroup } from "../../../aws/elasticache/port.ts";
import { differenceOf } from "../../../core/compare-fields.ts";
import { ready, notVisible } from "../../../core/resource.ts";
import { ownedOrGoing } from "../../owned-only.ts";
import { ownTags, type RegionResource, type RegionWorld } from "../../world.ts";
import { deletion } from "./deletion.ts";
import { redisId, redisSecretName, redisSpec, redisUser, redisUserId, wantsRedis } from "./redis-facts.ts";
import { redisLogin } from "./redis-login.ts";
import { readPassword } from "./secret-json.ts";

const defaultUser = "default";
/** A user group needs a user of this name; Redis logs in everyone as it who gives no name, so that it is disabled. */
const access: Readonly<Record<string, string>> = { [defaultUser]: "off ~* -@all", [redisUser]: "on ~* &* +@all" };
const userNames = Object.keys(access);

/** The user of services, and the disabled default user. Outputs the ARN of the user of services. */
export const redisUsers: RegionResource<readonly CacheUser[], string> = {
  id: "redis-users",
  title: "Users of Redis",
  needs: [redisLogin],
  wanted: wantsRedis,
  async read({ world, signal }) {
    const cache = await world.aws.service("elasticache");
    const found = await Promise.all(userNames.map((name) => cache.user(redisUserId(world, name), signal)));
    return found.flatMap((user) => (user === undefined ? [] : [ownedOrGoing(user, `cache user "${user.id}"`, world)]));
  },
  diff(users, { world }) {
    const differences = userNames.map((name) => {
      const user = users.find((each) => each.name === name);
      const actual = user && { access: user.access, engine: user.engine, password: user.passwords > 0 };
      const wanted = { access: access[name] ?? "", engine: redisSpec(world).engine, password: true };
      return differenceOf(`user ${redisUserId(world, name)}`, actual, wanted, ["engine"]);
    });
    const obstacle = differences.find((each) => each.obstacle !== undefined)?.obstacle;
    return { operations: differences.flatMap(({ operations }) => operations), ...(obstacle && { obstacle }) };
  },
  async apply(users, { world, signal }) {
    const cache = await world.aws.service("elasticache");
    for (const name of userNames) {
      const user = users.find((each) => each.name === name);
      const wanted = access[name] ?? "";
      if (user !== undefined && user.access === wanted && user.passwords > 0) continue;
      const password = await passwordOf(name, world, signal);
      if (user === undefined) {
        const { engine } = redisSpec(world);
        const id = redisUserId(world, name);
        await cache.createUser({ id, name, engine, access: wanted, password, tags: ownTags(world) }, signal);
      } else {
        await cache.modifyUser(user.id, wanted, user.passwords > 0 ? undefined : password, signal);
      }
    }
  },
  ready(users) {
    const busy = users.find(({ status }) => status !== "active");
    if (busy !== undefined) return { state: "waiting", detail: `${busy.name}: ${busy.status}` };
    return users.length === userNames.length ? ready : notVisible;
  },
  output: (users) => (users.length < userNames.length ? undefined : users.find(({ name }) => name === redisUser)?.arn),
  removal: {
    diff: (users) => ({
      operations: users
        .filter(({ status }) => status !== "deleting")
        .map(({ id }) => ({ verb: "delete", target: `user ${id}` })),
    }),
    async apply(users, { world, signal }) {
      const cache = await world.aws.service("elasticache");
      for (const { id, status } of users) if (status !== "deleting") await cache.deleteUser(id, signal);
    },
    gone: ([user]) => (user === undefined ? ready : { state: "waiting", detail: user.status }),
  },
};

/** Returns the password in the secret. The disabled user gets one that is not kept: AWS asks for one. */
async function passwordOf(user: string, world: RegionWorld, signal: AbortSignal): ReturnType<typeof readPassword> {
  if (user === redisUser) return readPassword(world, redisSecretName(world), signal);
  return (await world.aws.service("secrets")).randomPassword(40, signal);
}

/** The users of the region's Redis. Outputs the group's id. */
export const redisUserGroup: RegionResource<CacheUserGroup | undefined, string> = {
  id: "redis-user-group",
  title: "User group of Redis",
  needs: [redisUsers],
  wanted: wantsRedis,
  async read({ world, signal }) {
    const group = await (await world.aws.service("elasticache")).userGroup(redisId(world), signal);
    return group && ownedOrGoing(group, `cache user group "${group.id}"`, world);
  },
  diff(group, { world }) {
    const actual = group && { engine: group.engine, users: group.userIds };
    const wanted = { engine: redisSpec(world).engine, users: userIds(world) };
    return differenceOf(`user group ${redisId(world)}`, actual, wanted, ["engine"]);
  },
  async apply(group, { world, signal }) {
    const cache = await world.aws.service("elasticache");
    const id = redisId(world);
    const { engine } = redisSpec(world);
    const wanted = userIds(world);
    if (group === undefined)
      return cache.createUserGroup({ id, engine, userIds: wanted, tags: ownTags(world) }, signal);
    const added = wanted.filter((each) => !group.userIds.includes(each));
    const removed = group.userIds.filter((each) => !wanted.includes(each));
    await cache.modifyUserGroup(id, added, removed, signal);
  },
  ready: (group) =>
    group?.status === "active" ? ready : { state: "waiting", detail: group?.status ?? "not visible yet" },
  output: (group) => group?.id,
  removal: deletion({
    target: ({ id }) => `user group ${id}`,
    delete: async ({ id }, { world, signal }) => (await world.aws.service("elasticache")).deleteUserGroup(id, signal),
    status: ({ status }) => status,
  }),
};

function userIds(world: RegionWorld): readonly string[] {
  return userNames.map((name) => redisUserId(world, name));
}
