import type { AnyResource } from "../../../core/resource.ts";
import type { RegionWorld } from "../../world.ts";
import { kmsKey } from "../kms-key.ts";
import { neptuneAddress, neptuneSecret } from "./neptune-address.ts";
import { neptuneParameterGroup, neptuneSecurityGroup, neptuneSubnetGroup } from "./neptune-groups.ts";
import { neptuneInstances } from "./neptune-instances.ts";
import { neptuneReboot } from "./neptune-reboot.ts";
import { neptuneSettings } from "./neptune-settings.ts";
import { neptune } from "./neptune.ts";
import { postgresAddress } from "./postgres-address.ts";
import { postgresEndpoint } from "./postgres-endpoint.ts";
import { postgresParameterGroup, postgresSecurityGroup, postgresSubnetGroup } from "./postgres-groups.ts";
import { postgresLoginCopy } from "./postgres-login-copy.ts";
import { postgresLogin } from "./postgres-login.ts";
import { postgresReboot, postgresSettings } from "./postgres-settings.ts";
import { postgresVersion } from "./postgres-version.ts";
import { postgres } from "./postgres.ts";
import { redisAddress } from "./redis-address.ts";
import { redisSecurityGroup, redisSubnetGroup } from "./redis-groups.ts";
import { redisLogin } from "./redis-login.ts";
import { redisFailover, redisReplicas, redisSettings, redisTls, redisTlsPreferred } from "./redis-settings.ts";
import { redisUserGroup, redisUsers } from "./redis-users.ts";
import { redis } from "./redis.ts";

/** The data stores of a region that AWS runs, and what they need beside its network. */
export const stores: readonly AnyResource<RegionWorld>[] = [
  kmsKey,
  postgresLogin,
  postgresLoginCopy,
  postgresSubnetGroup,
  postgresSecurityGroup,
  postgresParameterGroup,
  postgres,
  postgresSettings,
  postgresReboot,
  postgresVersion,
  postgresAddress,
  postgresEndpoint,
  redisLogin,
  redisUsers,
  redisUserGroup,
  redisSubnetGroup,
  redisSecurityGroup,
  redis,
  redisFailover,
  redisReplicas,
  redisSettings,
  redisTlsPreferred,
  redisTls,
  redisAddress,
  neptuneSecret,
  neptuneSubnetGroup,
  neptuneSecurityGroup,
  neptuneParameterGroup,
  neptune,
  neptuneInstances,
  neptuneSettings,
  neptuneReboot,
  neptuneAddress,
];
