import type { DbInstance } from "../../../aws/rds/port.ts";
import { differenceOf } from "../../../core/compare-fields.ts";
import { asDesired, blocked, creation, type ResourceContext } from "../../../core/resource.ts";
import { isPrimary } from "../../primary-region.ts";
import type { RegionResource, RegionWorld } from "../../world.ts";
import { impossibleVersion, shownVersion } from "./postgres-fields.ts";
import { instanceArn, instanceId, postgresSpec, wantsOwnPostgres } from "./postgres-facts.ts";
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
  followsOthers: true,
  wanted: wantsOwnPostgres,
  patienceMs: 120 * 60_000,
  read: readInstance,
  diff(instance, at) {
    const { world } = at;
    const target = `version of ${instanceId(world)}`;
    const { version } = postgresSpec(world);
    if (instance === undefined) {
      // A source is created with its version, and a replica with the version of its source, which may be older.
      return isPrimary(world) ? asDesired : { operations: [creation(target, { version })] };
    }
    const { operations } = differenceOf(target, { version: shownVersion(instance, version) }, { version });
    if (operations.length === 0) return asDesired;
    const reason = impossibleVersion(instance, version) ?? tooEarly(instance, at);
    return reason === undefined ? { operations } : blocked(reason, operations);
  },
  async apply(instance, { world, signal }) {
    if (instance === undefined) return;
    const { version } = postgresSpec(world);
    await (await world.aws.service("rds")).modifyInstance(instance.id, { version }, signal);
  },
  ready(instance) {
    const readiness = postgresReadiness(instance);
    if (readiness.state !== "ready" || instance?.pendingSettings.version === undefined) return readiness;
    return { state: "waiting", detail: `upgrading to ${instance.pendingSettings.version}` };
  },
  output: (instance) => instance,
};

/** Returns why replicas of the instance are not upgraded before it in this run. */
function tooEarly({ replicas }: DbInstance, { followed = [] }: ResourceContext<RegionWorld>): string | undefined {
  const upgraded = followed.map(instanceArn);
  const others = replicas.filter((replica) => !upgraded.includes(replica));
  if (others.length === 0) return undefined;
  return `its replicas are upgraded before it, and this run does not change ${others.join(", ")}: choose all regions, and make the region of the source primary`;
}
