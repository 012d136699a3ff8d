import type { DbInstance, DbParameterGroup, DbSettings, DbSubnetGroup, Rds } from "../../src/aws/rds/port.ts";
import { hasTags } from "../../src/core/has-tags.ts";
import type { Tags } from "../../src/aws/tags.ts";
import type { AwsTarget } from "../../src/aws/target.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { demand, demandTags, refuse } from "./aws-rules.ts";
import type { Made } from "./memory-ec2.ts";

/** An instance that changes; `password` is what its owner logs in with. */
export type MemoryDatabase = { -readonly [K in keyof DbInstance]: DbInstance[K] } & {
  password: string | undefined;
  /** What it will have once it is ready. */
  next: Partial<DbInstance>;
};

/** The resources of RDS in an account, over its regions: instances by ARN, groups by region and name. */
export interface MemoryDatabases {
  readonly instances: Map<string, MemoryDatabase>;
  readonly subnetGroups: Map<string, DbSubnetGroup>;
  readonly parameterGroups: Map<string, DbParameterGroup>;
  /** Snapshots by their ids: of which instance, and with which key. */
  readonly snapshots: Map<string, { readonly of: string; readonly key: string | undefined }>;
  /** The ARNs of deleted instances whose automated backups stay, with those of their keys. */
  readonly retainedBackups: Map<string, string | undefined>;
}

export function memoryDatabases(): MemoryDatabases {
  return {
    instances: new Map(),
    subnetGroups: new Map(),
    parameterGroups: new Map(),
    snapshots: new Map(),
    retainedBackups: new Map(),
  };
}

const versions = ["16.8", "17.4", "17.5"];
/** Of these, RDS takes no snapshot. */
const broken: ReadonlySet<string> = new Set(["failed", "incompatible-restore", "incompatible-network"]);
const delayed: ReadonlySet<string> = new Set(["instanceClass", "storageGb", "version", "multiAz", "backupDays"]);

/** In-memory RDS, as its API reference describes it: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference */
export function memoryRds(target: AwsTarget, db: MemoryDatabases, things: Made[], changes: AwsChanges): Rds {
  const { change, begin, isReady } = changes;
  const { awsRegion, accountId } = target;
  const arnOf = (id: string): string => `arn:aws:rds:${awsRegion}:${accountId}:db:${id}`;
  const key = (name: string): string => `${awsRegion}/${name}`;
  const known = (action: string, id: string): MemoryDatabase =>
    db.instances.get(arnOf(id)) ?? refuse(action, "DBInstanceNotFound", `DBInstance ${id} not found.`);
  const available = (action: string, instance: MemoryDatabase): void => {
    const why = `Instance ${instance.id} is not in available state.`;
    demand(instance.status === "available", action, "InvalidDBInstanceState", why);
  };
  const demandName = (action: string, name: string, most: number): void => {
    const fits = /^[a-z]([a-z0-9]|-(?!-))*$/.test(name) && !name.endsWith("-") && name.length <= most;
    demand(fits, action, "InvalidParameterValue", `The parameter ${name} is not a valid identifier.`);
  };
  /** Returns whether the name is taken by a resource with these tags: the adapter takes it for the call's result. */
  const isOwn = (action: string, code: string, found: { readonly tags: Tags } | undefined, tags: Tags): boolean => {
    if (found === undefined) return false;
    demand(hasTags(found.tags, tags), action, code, "the name is taken");
    return true;
  };
  const subnetGroup = (action: string, name: string): DbSubnetGroup =>
    db.subnetGroups.get(key(name)) ?? refuse(action, "DBSubnetGroupNotFoundFault", `DBSubnetGroup ${name} not found.`);
  const parameterGroup = (action: string, name: string): DbParameterGroup =>
    db.parameterGroups.get(key(name)) ??
    refuse(action, "DBParameterGroupNotFound", `DBParameterGroup ${name} not found.`);
  const sourceOf = (instance: MemoryDatabase): MemoryDatabase | undefined =>
    instance.replicaOf === undefined ? undefined : db.instances.get(instance.replicaOf);
  /** Replicas are upgraded before their source. */
  const demandReplicas = (action: string, { replicas }: MemoryDatabase, version: string): void => {
    const place = (of: string): number => versions.findLastIndex((each) => each === of || each.startsWith(`${of}.`));
    const older = replicas.find((arn) => place(db.instances.get(arn)?.version ?? version) < place(version));
    const why = `One or more of the DB Instance's read replicas need to be upgraded: ${older}`;
    demand(older === undefined, action, "InvalidParameterCombination", why);
  };
  /** Lets what takes time take reads. Returns the instance, unless it is gone. */
  const looked = (instance: MemoryDatabase): MemoryDatabase | undefined => {
    const { status } = instance;
    if (status === "available" || broken.has(status) || !isReady(instance.arn)) return instance;
    if (instance.status === "deleting") {
      db.instances.delete(instance.arn);
      const source = sourceOf(instance);
      if (source !== undefined) source.replicas = source.replicas.filter((arn) => arn !== instance.arn);
      const at = things.findIndex(({ id }) => id === instance.arn);
      if (at >= 0) things.splice(at, 1);
      return undefined;
    }
    Object.assign(instance, instance.next, { next: {}, pending: [], pendingSettings: {}, status: "available" });
    return instance;
  };
  const keep = (instance: MemoryDatabase): void => {
    db.instances.set(instance.arn, instance);
    things.push({ kind: "db", id: instance.arn, tags: instance.tags, facts: instance });
    begin(instance.arn);
  };
  const born = (id: string, own: Pick<DbInstance, "tags" | "subnetGroup" | "username"> & Partial<DbInstance>) => ({
    id,
    arn: arnOf(id),
    status: "creating",
    resourceId: `db-${String(db.instances.size + db.snapshots.size + 1).padStart(12, "A")}`,
    encrypted: true,
    engine: "postgres",
    managesPassword: false,
    vpcId: db.subnetGroups.get(key(own.subnetGroup))?.vpcId ?? "",
    parameterStatus: "in-sync",
    replicas: [],
    pending: [],
    pendingSettings: {},
    password: undefined,
    next: { host: `${id}.${awsRegion}.rds.example`, port: 5432 },
    ...own,
  });

  return {
    instance: async (id) => {
      const found = db.instances.get(arnOf(id));
      const instance = found && looked(found);
      if (instance === undefined) return undefined;
      const { password: _, next: __, ...shown } = instance;
      return shown;
    },
    createInstance: (instance) =>
      change(() => {
        const action = "RDS CreateDBInstance";
        const { password, ...rest } = instance;
        if (isOwn(action, "DBInstanceAlreadyExists", db.instances.get(arnOf(instance.id)), instance.tags)) return;
        demandTags(action, instance.tags);
        demandName(action, instance.id, 63);
        subnetGroup(action, instance.subnetGroup);
        const text = password.reveal();
        const printable = /^[!-~]{8,128}$/.test(text) && !/[/"@]/.test(text);
        demand(printable, action, "InvalidParameterValue", "The parameter MasterUserPassword is not a valid password.");
        const reserved = ["postgres", "rdsadmin", "admin"].includes(instance.username);
        demand(!reserved, action, "InvalidParameterValue", "the user name is reserved");
        const version = versions.findLast((each) => each === rest.version || each.startsWith(`${rest.version}.`));
        if (version === undefined) {
          return refuse(action, "InvalidParameterCombination", `Cannot find version ${rest.version} for postgres`);
        }
        const { family } = parameterGroup(action, instance.parameterGroup);
        const fits = family === `postgres${version.split(".")[0]}`;
        demand(fits, action, "InvalidParameterCombination", `The parameter group cannot be used for ${version}`);
        demandKey(action, rest.keyArn, awsRegion);
        demand(rest.storageGb >= 20, action, "InvalidParameterValue", "gp3 has at least 20 GiB");
        keep({ ...rest, ...born(instance.id, rest), version, password: text });
      }),
    createReplica: (replica) =>
      change(() => {
        const action = "RDS CreateDBInstanceReadReplica";
        const { sourceArn, ...rest } = replica;
        if (isOwn(action, "DBInstanceAlreadyExists", db.instances.get(arnOf(replica.id)), replica.tags)) return;
        demandTags(action, replica.tags);
        demandName(action, replica.id, 63);
        subnetGroup(action, replica.subnetGroup);
        const source = db.instances.get(sourceArn);
        if (source === undefined) return refuse(action, "DBInstanceNotFound", `DBInstance ${sourceArn} not found.`);
        available(action, source);
        const backups = "Automated backups are not enabled for this database instance.";
        demand(source.backupDays > 0, action, "InvalidDBInstanceState", backups);
        demandKey(action, rest.keyArn, awsRegion);
        source.replicas = [...source.replicas, arnOf(replica.id)];
        const { storageGb, storageType, version, username, database, lifecycle, password } = source;
        keep({
          ...rest,
          ...born(replica.id, { ...rest, username, ...(database === undefined ? {} : { database }) }),
          storageGb,
          storageType,
          version,
          lifecycle,
          password,
          replicaOf: sourceArn,
          parameterGroup: `default.postgres${version.split(".")[0]}`,
          backupDays: 0,
        });
      }),
    modifyInstance: (id, settings) =>
      change(() => {
        const action = "RDS ModifyDBInstance";
        const instance = known(action, id);
        available(action, instance);
        if (settings.parameterGroup !== undefined) parameterGroup(action, settings.parameterGroup);
        const smaller = (settings.storageGb ?? instance.storageGb) < instance.storageGb;
        demand(!smaller, action, "InvalidParameterCombination", "Invalid storage size");
        if (settings.version !== undefined) demandReplicas(action, instance, settings.version);
        const later = only(settings, (setting) => delayed.has(setting));
        Object.assign(
          instance,
          only(settings, (setting) => !delayed.has(setting)),
          { status: "modifying" },
        );
        instance.pendingSettings = later;
        instance.pending = Object.keys(later);
        const waits = settings.parameterGroup === undefined ? {} : { parameterStatus: "pending-reboot" };
        if (settings.parameterGroup !== undefined) instance.parameterStatus = "applying";
        instance.next = { ...later, ...waits };
        begin(instance.arn);
      }),
    rebootInstance: (id) =>
      change(() => {
        const instance = known("RDS RebootDBInstance", id);
        available("RDS RebootDBInstance", instance);
        Object.assign(instance, { status: "rebooting", next: { parameterStatus: "in-sync" } });
        begin(instance.arn);
      }),
    deleteInstance: (id, remains) =>
      change(() => {
        const action = "RDS DeleteDBInstance";
        const instance = db.instances.get(arnOf(id));
        if (instance === undefined) return;
        // The adapter takes that for the result of an earlier call.
        if (instance.status === "deleting") return;
        const code = "InvalidParameterCombination";
        demand(!instance.deletionProtection, action, code, "Cannot delete protected DB Instance");
        const snapshot = typeof remains === "string" ? undefined : remains.snapshot;
        const fits = snapshot === undefined || instance.replicaOf === undefined;
        demand(fits, action, code, "FinalDBSnapshotIdentifier can not be specified when deleting a replica instance");
        if (snapshot !== undefined) {
          demand(!db.snapshots.has(snapshot), action, "DBSnapshotAlreadyExists", `${snapshot} already exists`);
          demandName(action, snapshot, 255);
          const why = `Instance ${id} is currently ${instance.status} - a final snapshot cannot be taken.`;
          demand(!broken.has(instance.status), action, "InvalidDBInstanceState", why);
          db.snapshots.set(snapshot, { of: id, key: instance.keyArn });
        }
        if (remains === "backups") db.retainedBackups.set(instance.arn, instance.keyArn);
        instance.status = "deleting";
        begin(instance.arn);
      }),
    encryptedWith: async (keyArn) => ({
      instances: inRegion(db, awsRegion).filter((instance) => instance.keyArn === keyArn),
      snapshots: [...db.snapshots].flatMap(([id, { key: own }]) => (own === keyArn ? [id] : [])),
      backups: [...db.retainedBackups].flatMap(([arn, own]) => (own === keyArn ? [arn.split(":").at(-1) ?? ""] : [])),
    }),
    snapshots: async (id) => [...db.snapshots].flatMap(([snapshot, { of }]) => (of === id ? [snapshot] : [])),
    subnetGroup: async (name) => db.subnetGroups.get(key(name)),
    createSubnetGroup: ({ name, subnetIds, tags }) =>
      change(() => {
        const action = "RDS CreateDBSubnetGroup";
        if (isOwn(action, "DBSubnetGroupAlreadyExists", db.subnetGroups.get(key(name)), tags)) return;
        demandTags(action, tags);
        demandName(action, name, 255);
        const vpcId = demandSubnets(action, subnetIds, things);
        db.subnetGroups.set(key(name), { name, vpcId, subnetIds, tags });
      }),
    modifySubnetGroup: (name, subnetIds) =>
      change(() => {
        const action = "RDS ModifyDBSubnetGroup";
        const group = subnetGroup(action, name);
        db.subnetGroups.set(key(name), { ...group, subnetIds, vpcId: demandSubnets(action, subnetIds, things) });
      }),
    deleteSubnetGroup: (name) =>
      change(() => {
        const used = inRegion(db, awsRegion).some((instance) => instance.subnetGroup === name);
        const why = `Cannot delete the subnet group '${name}' because at least one database instance is still using it.`;
        demand(!used, "RDS DeleteDBSubnetGroup", "InvalidDBSubnetGroupStateFault", why);
        db.subnetGroups.delete(key(name));
      }),
    parameterGroup: async (name) => db.parameterGroups.get(key(name)),
    createParameterGroup: ({ name, family, tags }) =>
      change(() => {
        const action = "RDS CreateDBParameterGroup";
        if (isOwn(action, "DBParameterGroupAlreadyExists", db.parameterGroups.get(key(name)), tags)) return;
        demandTags(action, tags);
        demandName(action, name, 255);
        const exists = versions.some((version) => family === `postgres${version.split(".")[0]}`);
        demand(exists, action, "InvalidParameterValue", `ParameterGroupFamily ${family} is not a valid family`);
        db.parameterGroups.set(key(name), { name, family, parameters: {}, tags });
      }),
    setParameters: (name, parameters) =>
      change(() => {
        const group = parameterGroup("RDS ModifyDBParameterGroup", name);
        db.parameterGroups.set(key(name), { ...group, parameters: { ...group.parameters, ...parameters } });
      }),
    deleteParameterGroup: (name) =>
      change(() => {
        const used = inRegion(db, awsRegion).some((instance) => instance.parameterGroup === name);
        const why = "One or more database instances are still members of this parameter group";
        demand(!used, "RDS DeleteDBParameterGroup", "InvalidDBParameterGroupState", why);
        db.parameterGroups.delete(key(name));
      }),
  };
}

function inRegion({ instances }: MemoryDatabases, awsRegion: string): readonly MemoryDatabase[] {
  return [...instances.values()].filter(({ arn }) => arn.split(":")[3] === awsRegion);
}

function only(settings: Partial<DbSettings>, keep: (setting: string) => boolean): Partial<DbSettings> {
  return Object.fromEntries(Object.entries(settings).filter(([setting]) => keep(setting)));
}

function demandKey(action: string, arn: string, awsRegion: string): void {
  const why = `The specified KMS key ${arn} does not exist, is not enabled or you do not have permissions to access it.`;
  demand(arn.split(":")[3] === awsRegion, action, "KMSKeyNotAccessibleFault", why);
}

/** Returns the VPC of the subnets, which have to be in two zones. */
function demandSubnets(action: string, ids: readonly string[], things: readonly Made[]): string {
  const subnets = ids.map(
    (id) =>
      things.find((thing) => thing.kind === "subnet" && thing.id === id) ??
      refuse(action, "InvalidSubnet", `The subnet ID '${id}' does not exist`),
  );
  const zones = new Set(subnets.map(({ facts }) => facts["zone"]));
  demand(zones.size >= 2, action, "DBSubnetGroupDoesNotCoverEnoughAZs", "The subnets do not cover two zones");
  return String(subnets[0]?.facts["vpcId"]);
}
