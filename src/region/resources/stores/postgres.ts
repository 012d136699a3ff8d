import type { DbInstance } from "../../../aws/rds/port.ts";
import { differenceOf } from "../../../core/compare-fields.ts";
import {
  type AnyResource,
  asDesired,
  blocked,
  creation,
  type Difference,
  type ResourceContext,
} from "../../../core/resource.ts";
import { unlessGiven } from "../../given.ts";
import { isPrimary, primaryOf } from "../../primary-region.ts";
import { ownedOnly } from "../../owned-only.ts";
import { ownTags, type RegionResource, type RegionWorld } from "../../world.ts";
import { kmsKey } from "../kms-key.ts";
import { givenPostgres } from "./given-postgres.ts";
import {
  instanceId,
  isSource,
  postgresDatabase,
  postgresSecretName,
  postgresSpec,
  postgresUser,
  primaryInstanceArn,
  wantsPostgres,
} from "./postgres-facts.ts";
import { postgresParameterGroup, postgresSecurityGroup, postgresSubnetGroup } from "./postgres-groups.ts";
import { postgresLoginCopy } from "./postgres-login-copy.ts";
import { postgresLogin } from "./postgres-login.ts";
import { olderThanSource, shownSettings, wantedSettings } from "./postgres-fields.ts";
import { type FoundPostgres, postgresRemoval } from "./postgres-removal.ts";
import { finalSnapshots, postgresReadiness } from "./postgres-status.ts";
import { readPassword } from "./secret-json.ts";

type Context = ResourceContext<RegionWorld>;

const ownPostgres: RegionResource<FoundPostgres, DbInstance> = {
  id: "postgres",
  title: "PostgreSQL",
  needs: [kmsKey, postgresSubnetGroup, postgresSecurityGroup, postgresParameterGroup, postgresLogin, postgresLoginCopy],
  wanted: wantsPostgres,
  // A replica in another region copies all data.
  patienceMs: 120 * 60_000,
  async read({ world, signal, removing = false }) {
    const rds = await world.aws.service("rds");
    const id = instanceId(world);
    const [instance, snapshots] = await Promise.all([
      rds.instance(id, signal),
      removing ? rds.snapshots(id, signal) : [],
    ]);
    return {
      instance: instance && ownedOnly(instance, `DB instance "${instance.id}"`, world),
      snapshots: snapshots.filter((snapshot) => snapshot.startsWith(finalSnapshots(id))),
    };
  },
  diff({ instance }, at) {
    const { world } = at;
    const target = instanceId(world);
    const fixed = { database: postgresDatabase, user: postgresUser, encrypted: true };
    if (instance === undefined) {
      if (isPrimary(world))
        return { operations: [creation(target, { role: "source", ...fixed, ...shownSettings(world) })] };
      return replicable(at, creation(target, { role: "replica", "replica of": primaryInstanceArn(world) }));
    }
    // RDS names the database of a source, and not always that of a replica.
    const { database: _, ...rest } = fixed;
    const wanted = { ...(instance.database === undefined ? rest : fixed), ...places(at) };
    const difference = differenceOf(target, fieldsOf(instance), wanted, Object.keys(wanted));
    if (difference.operations.length > 0) return difference;
    return rightRole(instance, world);
  },
  async apply({ instance }, at) {
    if (instance !== undefined) return;
    const { world, signal } = at;
    const rds = await world.aws.service("rds");
    const settings = wantedSettings(world, at.required(postgresSecurityGroup), at.required(postgresParameterGroup));
    const common = {
      id: instanceId(world),
      keyArn: at.required(kmsKey),
      subnetGroup: at.required(postgresSubnetGroup),
      tags: ownTags(world),
    };
    if (!isPrimary(world)) {
      return rds.createReplica({ ...settings, ...common, sourceArn: primaryInstanceArn(world) }, signal);
    }
    const password = await readPassword(world, postgresSecretName(world), signal);
    const login = { database: postgresDatabase, username: postgresUser, password };
    await rds.createInstance({ ...settings, ...common, ...login }, signal);
  },
  ready: ({ instance }) => postgresReadiness(instance),
  output: ({ instance }) => (instance === undefined || instance.status === "creating" ? undefined : instance),
  removal: postgresRemoval,
};

const eitherPostgres = unlessGiven(ownPostgres, givenPostgres);

/**
 * The region's PostgreSQL: the source in the primary region, a read replica of it in every other one. After a failover,
 * roles are swapped: what an instance is, RDS says. gennet.yaml may give one
 * that exists. Outputs the instance.
 */
export const postgres: typeof eitherPostgres = {
  ...eitherPostgres,
  // A replica is made from a source that is available.
  get needsPrimary(): readonly AnyResource<RegionWorld>[] {
    return [postgres];
  },
};

function fieldsOf(instance: DbInstance): Readonly<Record<string, string | boolean>> {
  const { database, username, encrypted, keyArn, subnetGroup } = instance;
  return {
    ...(database === undefined ? {} : { database }),
    user: username,
    encrypted,
    ...(keyArn === undefined ? {} : { "encryption key": keyArn }),
    "subnet group": subnetGroup,
  };
}

/** Returns the fields that other resources decide, as far as those exist. */
function places(at: Context): Readonly<Record<string, string>> {
  const key = at.output(kmsKey);
  const group = at.output(postgresSubnetGroup);
  return {
    ...(key === undefined ? {} : { "encryption key": key }),
    ...(group === undefined ? {} : { "subnet group": group }),
  };
}

/** Returns the creation of a replica, unless RDS has none for these two regions, or none with the version of gennet.yaml. */
function replicable(at: Context, made: Difference["operations"][number]): Difference {
  const { world } = at;
  const primary = primaryOf(world);
  const { awsRegion, accountId } = world.region;
  if (accountId !== primary.accountId) {
    return blocked(`RDS has no replicas in another account, and ${primary.name} is in ${primary.accountId}`, [made]);
  }
  if (awsRegion === primary.awsRegion) {
    return blocked(`${primary.name} is in ${awsRegion}, too: a replica needs another AWS region`, [made]);
  }
  const source = at.primary.output(postgres);
  const reason = source === undefined ? undefined : olderThanSource(postgresSpec(world).version, source);
  return reason === undefined ? { operations: [made] } : blocked(reason, [made]);
}

/**
 * Returns nothing to do if the roles are those of gennet.yaml or swapped by a failover. A promoted replica has data that
 * no other instance has, so it is never turned into a replica.
 */
function rightRole(instance: DbInstance, world: RegionWorld): Difference {
  if (instance.replicaOf !== undefined || isSource(instance, world)) return asDesired;
  const { name } = primaryOf(world);
  return blocked(
    `it was promoted and replicates nothing from ${name}: make this region primary in gennet.yaml, or delete the instance whose data is not needed`,
  );
}
