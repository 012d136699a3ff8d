import type { DbInstance } from "../../../aws/rds/port.ts";
import { hasTags } from "../../../core/has-tags.ts";
import { fieldOf, type GivenFacts } from "../../given.ts";
import { isPrimary, otherRegions, primaryOf } from "../../primary-region.ts";
import { ownTags, type RegionWorld } from "../../world.ts";
import {
  instanceId,
  isGivenPostgres,
  majorOf,
  ownInstanceId,
  postgresSpec,
  primaryInstanceArn,
} from "./postgres-facts.ts";
import { postgresReadiness } from "./postgres-status.ts";

interface Given {
  readonly instance: DbInstance | undefined;
  /** An instance that gennet made for the region. */
  readonly made: DbInstance | undefined;
}

/** The instance of gennet.yaml: the source, or a replica of it that exists. */
export const givenPostgres: GivenFacts<Given, DbInstance> = {
  isGiven: isGivenPostgres,
  async read({ world, signal }) {
    const rds = await world.aws.service("rds");
    const [instance, made] = await Promise.all([
      rds.instance(instanceId(world), signal),
      rds.instance(ownInstanceId(world), signal),
    ]);
    return { instance, made };
  },
  problem({ instance, made }, { world }) {
    const why = whyNot(instance, made, world);
    return why === undefined ? undefined : `${fieldOf(world, "database")}: ${why}`;
  },
  output: ({ instance }) => instance,
};

function whyNot(
  instance: DbInstance | undefined,
  made: DbInstance | undefined,
  world: RegionWorld,
): string | undefined {
  const { name, awsRegion } = world.region;
  const id = instanceId(world);
  if (instance === undefined) return `RDS has no instance ${id} in ${awsRegion}`;
  const own = [instance, made].find((each) => each !== undefined && hasTags(each.tags, ownTags(world)));
  if (own?.id === id) return `${id} is what gennet made for region ${name}: remove database from gennet.yaml`;
  if (own !== undefined)
    return `region ${name} has ${own.id}, which gennet made: move its data to ${id}, and delete it first`;
  if (instance.engine !== "postgres") return `${id} runs ${instance.engine}, and the platform needs RDS for PostgreSQL`;
  const readiness = postgresReadiness(instance);
  if (readiness.state === "failed") return readiness.reason;
  const { version } = postgresSpec(world);
  if (majorOf(instance.version) !== majorOf(version)) {
    return `${id} runs PostgreSQL ${instance.version}, and stores.postgres.version is ${version}`;
  }
  return isPrimary(world) ? whyNoSource(instance, world) : whyNoReplica(instance, world);
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html */
function whyNoSource({ id, encrypted, backupDays, managesPassword }: DbInstance, world: RegionWorld) {
  const copies = otherRegions(world).filter(({ database }) => database === undefined);
  if (copies.length === 0) return undefined;
  const needed = `and ${copies.map(({ name }) => name).join(", ")} needs a replica of it`;
  if (!encrypted) return `${id} is not encrypted, ${needed}: a replica of it could not be encrypted either`;
  if (backupDays === 0) return `${id} has no automated backups, ${needed}: RDS makes none without backups`;
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
  return managesPassword ? `RDS manages the password of ${id}, ${needed}: RDS has no replicas then` : undefined;
}

function whyNoReplica({ id, replicaOf }: DbInstance, world: RegionWorld): string | undefined {
  const source = primaryInstanceArn(world);
  if (replicaOf === source) return undefined;
  return `${id} is no replica of ${source}, the instance of ${primaryOf(world).name}`;
}
