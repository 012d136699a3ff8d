import { neptuneFamily, neptuneId, neptunePort, neptuneSpec, wantsNeptune } from "./neptune-facts.ts";
import { storeParameterGroup } from "./store-parameter-group.ts";
import { storeSecurityGroup } from "./store-security-group.ts";
import { storeSubnetGroup } from "./store-subnet-group.ts";

export const neptuneSecurityGroup = storeSecurityGroup({
  id: "neptune-security-group",
  title: "Security group of Neptune",
  suffix: "neptune",
  port: neptunePort,
  wanted: wantsNeptune,
});

/** Neptune's subnet groups are RDS's: https://docs.aws.amazon.com/neptune/latest/userguide/limits.html */
export const neptuneSubnetGroup = storeSubnetGroup({
  id: "neptune-subnet-group",
  title: "Subnet group of Neptune",
  service: "rds",
  name: neptuneId,
  wanted: wantsNeptune,
});

/** Requests are logged, and the cluster exports its log: https://docs.aws.amazon.com/neptune/latest/userguide/auditing.html */
export const neptuneParameterGroup = storeParameterGroup({
  id: "neptune-parameter-group",
  title: "Parameter group of Neptune",
  service: "neptune",
  kind: "DB cluster parameter group",
  name: neptuneId,
  family: (world) => neptuneFamily(neptuneSpec(world).version),
  parameters: { neptune_enable_audit_log: "1" },
  wanted: wantsNeptune,
});
