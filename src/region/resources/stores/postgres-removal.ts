import type { DbInstance, DbRemains } from "../../../aws/rds/port.ts";
import { blocked, ready, type Removal } from "../../../core/resource.ts";
import { isPrimary } from "../../primary-region.ts";
import type { RegionWorld } from "../../world.ts";
import { instanceArn, wantsPostgres } from "./postgres-facts.ts";
import { remainsOf } from "./postgres-status.ts";

export interface FoundPostgres {
  readonly instance: DbInstance | undefined;
  /** The ids of its final snapshots, and of those of earlier instances of its name; only read to remove it. */
  readonly snapshots: readonly string[];
}

/** Replicas go before the source, of which a snapshot or its automated backups stay. */
export const postgresRemoval: Removal<RegionWorld, FoundPostgres> = {
  diff({ instance }, { world }) {
    if (instance === undefined || instance.status === "deleting") return { operations: [] };
    const operations = [
      { verb: "delete" as const, target: instance.id, fields: { leaves: inWords(remainsOf(instance)) } },
    ];
    const reason = whyNot(instance, world);
    return reason === undefined ? { operations } : blocked(reason, operations);
  },
  async apply({ instance }, { world, signal }) {
    if (instance === undefined) return;
    await (await world.aws.service("rds")).deleteInstance(instance.id, remainsOf(instance), signal);
  },
  gone: ({ instance }) => (instance === undefined ? ready : { state: "waiting", detail: instance.status }),
  keeps({ instance, snapshots }) {
    const next = instance === undefined ? "nothing" : remainsOf(instance);
    if (next === "backups") return [...snapshots.map(shown), `the automated backups of ${instance?.id ?? ""}`];
    const all = next === "nothing" ? snapshots : [...snapshots, next.snapshot];
    return [...new Set(all)].map(shown);
  },
};

function shown(snapshot: string): string {
  return `RDS snapshot ${snapshot}, which can be restored for as long as its KMS key exists`;
}

function inWords(remains: DbRemains): string {
  if (remains === "nothing") return "nothing, because its data is in its source";
  return remains === "backups" ? "its automated backups, because RDS takes no snapshot of it" : remains.snapshot;
}

/** Returns why an instance is not deleted. */
function whyNot({ deletionProtection, replicas }: DbInstance, world: RegionWorld): string | undefined {
  // Who destroys a region names it. A key can be lost by accident.
  if (deletionProtection && !wantsPostgres(world)) {
    return "it is protected against deletion: set stores.postgres.deletionProtection to false and bootstrap, then remove stores.postgres";
  }
  const own = isPrimary(world) ? world.platform.regions.map((region) => instanceArn({ ...world, region })) : [];
  const others = replicas.filter((each) => !own.includes(each));
  if (others.length === 0) return undefined;
  const next = isPrimary(world) ? "delete or promote that first" : "make this region primary first";
  return `it is the source of ${others.join(", ")}: ${next}`;
}
