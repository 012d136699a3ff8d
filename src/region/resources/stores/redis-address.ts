import { redisPort, redisSecretName, wantsRedis } from "./redis-facts.ts";
import { redisLogin } from "./redis-login.ts";
import { redisUsers } from "./redis-users.ts";
import { redis } from "./redis.ts";
import { storeAddress } from "./store-address.ts";

/** The address and the user of the region's Redis, in the secret of its login. */
export const redisAddress = storeAddress({
  id: "redis-address",
  title: "Address of Redis",
  needs: [redis, redisUsers, redisLogin],
  wanted: wantsRedis,
  secret: redisLogin,
  secretName: redisSecretName,
  isWriter: () => true,
  address(at) {
    const host = at.output(redis)?.host;
    const user = at.output(redisUsers);
    if (host === undefined || user === undefined) return undefined;
    return { host, port: at.output(redis)?.port ?? redisPort, user_arn: user };
  },
});
