import type { DbInstance, DbSettings } from "../../../aws/rds/port.ts";
import { differenceOf } from "../../../core/compare-fields.ts";
import { asDesired, blocked, creation, ready, type ResourceContext, update } from "../../../core/resource.ts";
import { isPrimary } from "../../primary-region.ts";
import { ownedOnly } from "../../owned-only.ts";
import { type RegionResource, type RegionWorld } from "../../world.ts";
import { postgres } from "./postgres.ts";
import { ownInstanceId, parameterGroupName, wantsOwnPostgres, wantsPostgres } from "./postgres-facts.ts";
import { actualSettings, impossible, named, shownSettings, wantedSettings } from "./postgres-fields.ts";
import { postgresParameterGroup, postgresSecurityGroup } from "./postgres-groups.ts";
import { postgresReadiness } from "./postgres-status.ts";

export async function readInstance({ world, signal }: ResourceContext<RegionWorld>): Promise<DbInstance | undefined> {
  const instance = await (await world.aws.service("rds")).instance(ownInstanceId(world), signal);
  return instance && ownedOnly(instance, `DB instance "${instance.id}"`, world);
}

/**
 * The settings of the instance, each changed in place and at once. A new replica comes without backups and with the
 * default parameters of its version, so that it gets its settings here. Outputs the instance.
 */
export const postgresSettings: RegionResource<DbInstance | undefined, DbInstance> = {
  id: "postgres-settings",
  title: "Settings of PostgreSQL",
  needs: [postgres, postgresSecurityGroup, postgresParameterGroup],
  wanted: wantsOwnPostgres,
  patienceMs: 120 * 60_000,
  read: readInstance,
  diff(instance, at) {
    const { world } = at;
    const target = `settings of ${ownInstanceId(world)}`;
    if (instance === undefined) {
      // The source is created with its settings.
      return isPrimary(world) ? asDesired : { operations: [creation(target, withoutVersion(shownSettings(world)))] };
    }
    const wanted = wantedIn(at, instance);
    const { operations } = differenceOf(target, actualSettings(instance), named(wanted));
    const reason = impossible(instance, wanted);
    return reason === undefined ? { operations } : blocked(reason, operations);
  },
  async apply(instance, at) {
    if (instance === undefined) return;
    const wanted = wantedIn(at, instance);
    const now = actualSettings(instance);
    const changed = Object.entries(wanted).filter(
      ([setting, value]) => differenceOf("", now, named({ [setting]: value })).operations.length > 0,
    );
    const changes = Object.fromEntries(changed) as Partial<DbSettings>;
    await (await at.world.aws.service("rds")).modifyInstance(instance.id, changes, at.signal);
  },
  ready(instance) {
    const readiness = postgresReadiness(instance);
    if (readiness.state !== "ready" || instance === undefined) return readiness;
    if (instance.pending.length > 0) return { state: "waiting", detail: `applying ${instance.pending.join(", ")}` };
    return instance.parameterStatus === "applying" ? { state: "waiting", detail: "applying parameters" } : ready;
  },
  output: (instance) => instance,
  removal: {
    diff(instance, { world }) {
      if (instance?.deletionProtection !== true) return asDesired;
      const operations = [update(`settings of ${instance.id}`, "deletion protection", false, true)];
      return wantsPostgres(world) ? { operations } : blocked("PostgreSQL is protected against deletion", operations);
    },
    async apply(instance, { world, signal }) {
      if (instance === undefined) return;
      await (await world.aws.service("rds")).modifyInstance(instance.id, { deletionProtection: false }, signal);
    },
    gone: (instance) =>
      instance?.deletionProtection === true ? { state: "waiting", detail: "still protected" } : ready,
  },
};

/** What groups other resources decide; those of the instance, while a plan does not know them. */
function wantedIn(
  at: ResourceContext<RegionWorld>,
  { securityGroupIds: [own = ""] }: DbInstance,
): Omit<DbSettings, "version"> {
  const group = at.output(postgresSecurityGroup) ?? own;
  return withoutVersion(wantedSettings(at.world, group, parameterGroupName(at.world)));
}

/** The version has its own order over regions. */
function withoutVersion<T extends { readonly version?: unknown }>(settings: T): Omit<T, "version"> {
  const { version: _, ...others } = settings;
  return others;
}

const inSync = "in-sync";
const awaitsReboot = "pending-reboot";

/**
 * A reboot, without a failover, of an instance that waits for one to use its parameters: RDS never does that by itself.
 * Outputs the instance.
 */
export const postgresReboot: RegionResource<DbInstance | undefined, DbInstance> = {
  id: "postgres-reboot",
  title: "Parameters in use by PostgreSQL",
  needs: [postgresSettings],
  wanted: wantsOwnPostgres,
  patienceMs: 60 * 60_000,
  read: readInstance,
  diff(instance, { world }) {
    const target = `parameters in use by ${ownInstanceId(world)}`;
    const reboot = { operations: [update(target, "status", inSync, awaitsReboot)] };
    if (instance === undefined) return isPrimary(world) ? asDesired : reboot;
    // Another parameter group, which the settings change, is not used before a reboot.
    const changes = instance.parameterGroup !== parameterGroupName(world);
    return changes || instance.parameterStatus === awaitsReboot ? reboot : asDesired;
  },
  async apply(instance, { world, signal }) {
    if (instance !== undefined) await (await world.aws.service("rds")).rebootInstance(instance.id, signal);
  },
  ready(instance) {
    const readiness = postgresReadiness(instance);
    if (readiness.state !== "ready" || instance === undefined) return readiness;
    if (instance.parameterStatus === inSync) return ready;
    if (instance.parameterStatus === "failed-to-apply") {
      return { state: "failed", reason: `RDS could not apply the parameter group ${instance.parameterGroup}` };
    }
    return { state: "waiting", detail: `parameters ${instance.parameterStatus}` };
  },
  output: (instance) => instance,
};
