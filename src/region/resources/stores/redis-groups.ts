import { redisId, redisPort, wantsRedis } from "./redis-facts.ts";
import { storeSecurityGroup } from "./store-security-group.ts";
import { storeSubnetGroup } from "./store-subnet-group.ts";

export const redisSecurityGroup = storeSecurityGroup({
  id: "redis-security-group",
  title: "Security group of Redis",
  suffix: "redis",
  port: redisPort,
  wanted: wantsRedis,
});

export const redisSubnetGroup = storeSubnetGroup({
  id: "redis-subnet-group",
  title: "Subnet group of Redis",
  service: "elasticache",
  name: redisId,
  wanted: wantsRedis,
});
