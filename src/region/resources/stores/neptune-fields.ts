import type { NeptuneCluster, NeptuneSettings } from "../../../aws/neptune/port.ts";
import type { Fields } from "../../../core/compare-fields.ts";
import type { RegionWorld } from "../../world.ts";
import { neptuneFamily, neptuneId, neptuneSpec } from "./neptune-facts.ts";

/** Returns the settings of gennet.yaml that can change after creation. */
export function wantedNeptune(world: RegionWorld, securityGroupId: string): NeptuneSettings {
  const { version, backupDays, deletionProtection } = neptuneSpec(world);
  return {
    version,
    securityGroupIds: [securityGroupId],
    parameterGroup: neptuneId(world),
    backupDays,
    deletionProtection,
    tagsSnapshots: true,
    requiresIam: true,
    logs: ["audit"],
  };
}

/** Returns the names of settings in a plan, with gennet.yaml's values, as far as a plan can know them. */
export function shownNeptune(world: RegionWorld): Fields {
  const { securityGroupIds: _, ...settings } = wantedNeptune(world, "");
  return namedNeptune(settings);
}

/** Returns the same fields of a cluster, with the values that Neptune is about to apply. */
export function actualNeptune(cluster: NeptuneCluster): Fields {
  return namedNeptune({ ...cluster, ...cluster.pendingSettings });
}

/** Returns settings by the words of a plan. */
export function namedNeptune(settings: Partial<NeptuneSettings>): Fields {
  const fields: Readonly<Record<string, Fields[string] | undefined>> = {
    version: settings.version,
    "security groups": settings.securityGroupIds,
    "parameter group": settings.parameterGroup,
    "days of backups": settings.backupDays,
    "deletion protection": settings.deletionProtection,
    "tags on snapshots": settings.tagsSnapshots,
    "IAM authentication": settings.requiresIam,
    "exported logs": settings.logs,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;
}

/** Returns why Neptune cannot change the cluster to this version in place; undefined if it can. */
export function impossibleNeptuneVersion({ version }: NeptuneCluster, wanted: string): string | undefined {
  if (neptuneFamily(version) !== neptuneFamily(wanted)) {
    return `it runs Neptune ${version}, gennet.yaml has ${wanted}: bootstrap makes no major upgrade, which needs another parameter group`;
  }
  if (!isOlder(wanted, version)) return undefined;
  return `it runs Neptune ${version}, gennet.yaml has ${wanted}: Neptune makes no downgrade`;
}

function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, "en", { numeric: true }) < 0;
}
