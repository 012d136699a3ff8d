import type { DbInstance, DbSettings } from "../../../aws/rds/port.ts";
import type { Fields } from "../../../core/compare-fields.ts";
import type { RegionWorld } from "../../world.ts";
import { majorOf, parameterGroupName, postgresSpec } from "./postgres-facts.ts";

const lifecycles = {
  extended: "open-source-rds-extended-support",
  standard: "open-source-rds-extended-support-disabled",
} as const;

/** Returns the settings of gennet.yaml that can change after creation. Both roles have the same, ready for a failover. */
export function wantedSettings(world: RegionWorld, securityGroupId: string, parameterGroup: string): DbSettings {
  const spec = postgresSpec(world);
  return {
    instanceClass: spec.instance,
    storageGb: spec.storageGb,
    storageType: "gp3",
    version: spec.version,
    multiAz: spec.multiAz,
    securityGroupIds: [securityGroupId],
    parameterGroup,
    backupDays: spec.backupDays,
    deletionProtection: spec.deletionProtection,
    tagsSnapshots: true,
    isPublic: false,
    lifecycle: lifecycles[spec.support],
  };
}

/** Returns the names of settings in a plan, with gennet.yaml's values, as far as a plan can know them. */
export function shownSettings(world: RegionWorld): Fields {
  const { securityGroupIds: _, ...settings } = wantedSettings(world, "", parameterGroupName(world));
  return named(settings);
}

/** Returns the same fields of an instance, with the values that RDS is about to apply. */
export function actualSettings(instance: DbInstance): Fields {
  return named({ ...instance, ...instance.pendingSettings });
}

/**
 * Returns the version of an instance, or that to which RDS is about to upgrade it. A version of gennet.yaml without a
 * minor version is met by every minor version.
 */
export function shownVersion({ version: current, pendingSettings }: DbInstance, wanted: string): string {
  const version = pendingSettings.version ?? current;
  return version.startsWith(`${wanted}.`) ? wanted : version;
}

/** Returns settings by the words of a plan. */
export function named(settings: Partial<DbSettings>): Fields {
  const fields: Readonly<Record<string, Fields[string] | undefined>> = {
    "instance class": settings.instanceClass,
    "storage in GiB": settings.storageGb,
    "storage type": settings.storageType,
    version: settings.version,
    "Multi-AZ": settings.multiAz,
    "security groups": settings.securityGroupIds,
    "parameter group": settings.parameterGroup,
    "days of backups": settings.backupDays,
    "deletion protection": settings.deletionProtection,
    "tags on snapshots": settings.tagsSnapshots,
    "public access": settings.isPublic,
    "support lifecycle": settings.lifecycle,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;
}

/** Returns why RDS cannot upgrade the instance to this version; undefined if it can. */
export function impossibleVersion({ version }: DbInstance, wanted: string): string | undefined {
  if (majorOf(version) !== majorOf(wanted)) {
    return `it runs PostgreSQL ${version}, gennet.yaml has ${wanted}: bootstrap makes no major upgrade, because replicas do not follow one`;
  }
  if (!isOlder(wanted, version)) return undefined;
  return `it runs PostgreSQL ${version}, gennet.yaml has ${wanted}: RDS makes no downgrade`;
}

/** Returns whether gennet.yaml leaves the minor version to RDS. */
export function isAnyMinor(wanted: string): boolean {
  return !wanted.includes(".");
}

/**
 * Returns why a replica of this source cannot have this version; undefined if it can. RDS makes a replica with the version
 * of its source, and refuses to upgrade a source before its replicas, so that a replica is never older.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.html
 */
export function olderThanSource(wanted: string, source: DbInstance): string | undefined {
  const version = source.pendingSettings.version ?? source.version;
  if (majorOf(wanted) === majorOf(version) && !isOlder(wanted, version)) return undefined;
  return `its source ${source.id} runs PostgreSQL ${version}, gennet.yaml has ${wanted}: RDS makes a replica with the version of its source, and a replica is never older`;
}

/** Returns whether a version has an older minor version than another one of the same major version. */
export function isOlder(version: string, than: string): boolean {
  return minorOf(version) < minorOf(than);
}

/** Returns why RDS cannot change the instance to these settings; undefined if it can. */
export function impossible(instance: DbInstance, wanted: Pick<DbSettings, "storageGb">): string | undefined {
  if (wanted.storageGb < instance.storageGb) {
    return `it has ${instance.storageGb} GiB, gennet.yaml has ${wanted.storageGb}: RDS makes storage no smaller`;
  }
  return undefined;
}

function minorOf(version: string): number {
  return Number(version.split(".")[1] ?? Infinity);
}
