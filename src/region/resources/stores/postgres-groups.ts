import { ownRange } from "../../cidr.ts";
import { isPrimary, otherRegions, primaryOf } from "../../primary-region.ts";
import { storeName } from "../../store-name.ts";
import { forwardsWrites, isPeered } from "../forwarding/forwarding-facts.ts";
import { familyOf, parameterGroupName, postgresPort, postgresSpec, wantsOwnPostgres } from "./postgres-facts.ts";
import { storeParameterGroup } from "./store-parameter-group.ts";
import { storeSecurityGroup } from "./store-security-group.ts";
import { storeSubnetGroup } from "./store-subnet-group.ts";

export const postgresSecurityGroup = storeSecurityGroup({
  id: "postgres-security-group",
  title: "Security group of PostgreSQL",
  suffix: "postgres",
  port: postgresPort,
  // After a failover the source is here.
  ranges: (world) => (isPeered(world) ? [ownRange(primaryOf(world))] : []),
  others: (world) => (forwardsWrites(world) && isPrimary(world) ? otherRegions(world).map(ownRange) : []),
  wanted: wantsOwnPostgres,
});

export const postgresSubnetGroup = storeSubnetGroup({
  id: "postgres-subnet-group",
  title: "Subnet group of PostgreSQL",
  service: "rds",
  name: (world) => storeName(world, "postgres", 255),
  wanted: wantsOwnPostgres,
});

/**
 * Connections without TLS are refused.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html
 */
export const postgresParameterGroup = storeParameterGroup({
  id: "postgres-parameter-group",
  title: "Parameter group of PostgreSQL",
  service: "rds",
  kind: "DB parameter group",
  name: parameterGroupName,
  family: (world) => familyOf(postgresSpec(world).version),
  parameters: { "rds.force_ssl": "1" },
  wanted: wantsOwnPostgres,
});
