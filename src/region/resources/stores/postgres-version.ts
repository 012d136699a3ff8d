import type { DbInstance } from "../../../aws/rds/port.ts";
import { differenceOf } from "../../../core/compare-fields.ts";
import { asDesired, blocked, creation, type ResourceContext } from "../../../core/resource.ts";
import { isPrimary } from "../../primary-region.ts";
import type { RegionResource, RegionWorld } from "../../world.ts";
import { postgres } from "./postgres.ts";
import { impossibleVersion, isAnyMinor, isOlder, olderThanSource, shownVersion } from "./postgres-fields.ts";
import { instanceArn, instanceId, majorOf, postgresSpec, wantsOwnPostgres } from "./postgres-facts.ts";
import { postgresReboot, readInstance } from "./postgres-settings.ts";
import { postgresReadiness } from "./postgres-status.ts";

/**
 * The version of the engine. RDS demands that all read replicas are upgraded before their source, and that a replica
 * never has an older version than its source. Outputs the instance.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.html
 */
export const postgresVersion: RegionResource<DbInstance | undefined, DbInstance> = {
  id: "postgres-version",
  title: "Version of PostgreSQL",
  needs: [postgresReboot],
  needsPrimary: [postgres],
  followsOthers: true,
  wanted: wantsOwnPostgres,
  patienceMs: 120 * 60_000,
  read: readInstance,
  diff(instance, at) {
    const { world } = at;
    const target = `version of ${instanceId(world)}`;
    const source = sourceOf(instance, at);
    const version = wantedVersion(instance, source, world);
    const isTooOld = source === undefined ? undefined : olderThanSource(version, source);
    if (instance === undefined) {
      // A source is created with its version, and a replica with the version of its source, which may be older.
      if (isPrimary(world)) return asDesired;
      const operations = [creation(target, { version })];
      return isTooOld === undefined ? { operations } : blocked(isTooOld, operations);
    }
    const { operations } = differenceOf(target, { version: shownVersion(instance, version) }, { version });
    if (operations.length === 0) return asDesired;
    const reason = impossibleVersion(instance, version) ?? isTooOld ?? tooEarly(instance, at);
    return reason === undefined ? { operations } : blocked(reason, operations);
  },
  async apply(instance, at) {
    if (instance === undefined) return;
    const { world, signal } = at;
    const version = wantedVersion(instance, sourceOf(instance, at), world);
    await (await world.aws.service("rds")).modifyInstance(instance.id, { version }, signal);
  },
  ready(instance) {
    const readiness = postgresReadiness(instance);
    if (readiness.state !== "ready" || instance?.pendingSettings.version === undefined) return readiness;
    return { state: "waiting", detail: `upgrading to ${instance.pendingSettings.version}` };
  },
  output: (instance) => instance,
};

/** Returns the source of the region's instance, as far as it is in the primary region. */
function sourceOf(instance: DbInstance | undefined, { world, primary }: ResourceContext<RegionWorld>) {
  if (isPrimary(world)) return undefined;
  const source = primary.output(postgres);
  return instance === undefined || instance.replicaOf === source?.arn ? source : undefined;
}

/** Returns the version of gennet.yaml; if that leaves the minor version open, a replica has at least that of its source. */
function wantedVersion(instance: DbInstance | undefined, source: DbInstance | undefined, world: RegionWorld): string {
  const { version } = postgresSpec(world);
  if (source === undefined || !isAnyMinor(version) || majorOf(version) !== majorOf(source.version)) return version;
  return instance === undefined || isOlder(instance.version, source.version) ? source.version : version;
}

/** Returns why replicas of the instance are not upgraded before it in this run. */
function tooEarly({ replicas }: DbInstance, { followed = [] }: ResourceContext<RegionWorld>): string | undefined {
  const upgraded = followed.map(instanceArn);
  const others = replicas.filter((replica) => !upgraded.includes(replica));
  if (others.length === 0) return undefined;
  return `its replicas are upgraded before it, and this run does not change ${others.join(", ")}: choose all regions, and make the region of the source primary`;
}
