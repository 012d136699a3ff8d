import { ownedOnly } from "../../owned-only.ts";
import { ownTags } from "../../world.ts";
import { redisSecretName, redisUser, redisUserId, wantsRedis } from "./redis-facts.ts";
import { storeSecret } from "./store-secret.ts";

/**
 * The login of services, in the shape of AWS's rotation, which finds the user by `user_arn`.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/User-Secrets-Manager.html
 */
export const redisLogin = storeSecret({
  id: "redis-login",
  title: "Login of Redis",
  scope: "region",
  wanted: wantsRedis,
  name: redisSecretName,
  tags: ownTags,
  owned: (secret, world) => ownedOnly(secret, `secret "${secret.name}"`, world),
  login: { username: redisUser },
  replicas: () => [],
  storeExists: async ({ world, signal }) => {
    const cache = await world.aws.service("elasticache");
    return (await cache.user(redisUserId(world, redisUser), signal)) !== undefined;
  },
});
