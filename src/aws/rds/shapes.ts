import type {
  DBInstance as SdkInstance,
  DeleteDBInstanceMessage,
  ModifyDBInstanceMessage,
  Parameter,
} from "@aws-sdk/client-rds";
import { fromTags } from "../tags.ts";
import type { DbInstance, DbRemains, DbSettings } from "./port.ts";

export function toInstance(instance: SdkInstance): DbInstance {
  const group = instance.DBParameterGroups?.[0];
  const until = instance.CertificateDetails?.ValidTill;
  const broken = instance.StatusInfos?.find(({ Normal }) => Normal === false);
  return {
    id: instance.DBInstanceIdentifier ?? "",
    arn: instance.DBInstanceArn ?? "",
    status: instance.DBInstanceStatus ?? "creating",
    resourceId: instance.DbiResourceId ?? "",
    engine: instance.Engine ?? "",
    managesPassword: instance.MasterUserSecret !== undefined,
    vpcId: instance.DBSubnetGroup?.VpcId ?? "",
    version: instance.EngineVersion ?? "",
    instanceClass: instance.DBInstanceClass ?? "",
    storageGb: instance.AllocatedStorage ?? 0,
    storageType: instance.StorageType ?? "",
    multiAz: instance.MultiAZ ?? false,
    encrypted: instance.StorageEncrypted ?? false,
    ...(instance.KmsKeyId && { keyArn: instance.KmsKeyId }),
    subnetGroup: instance.DBSubnetGroup?.DBSubnetGroupName ?? "",
    securityGroupIds: (instance.VpcSecurityGroups ?? []).map((each) => each.VpcSecurityGroupId ?? ""),
    parameterGroup: group?.DBParameterGroupName ?? "",
    parameterStatus: group?.ParameterApplyStatus ?? "",
    backupDays: instance.BackupRetentionPeriod ?? 0,
    deletionProtection: instance.DeletionProtection ?? false,
    tagsSnapshots: instance.CopyTagsToSnapshot ?? false,
    isPublic: instance.PubliclyAccessible ?? false,
    lifecycle: instance.EngineLifecycleSupport ?? "",
    ...(instance.ReadReplicaSourceDBInstanceIdentifier && {
      replicaOf: instance.ReadReplicaSourceDBInstanceIdentifier,
    }),
    replicas: instance.ReadReplicaDBInstanceIdentifiers ?? [],
    ...(broken && { replicationProblem: broken.Message ?? broken.Status ?? "RDS reports no reason" }),
    pending: pendingIn(instance.PendingModifiedValues),
    pendingSettings: toPendingSettings(instance.PendingModifiedValues),
    ...(instance.Endpoint?.Address && { host: instance.Endpoint.Address }),
    ...(instance.Endpoint?.Port && { port: instance.Endpoint.Port }),
    ...(instance.DBName && { database: instance.DBName }),
    username: instance.MasterUsername ?? "",
    ...(until && { certificate: { authority: instance.CertificateDetails?.CAIdentifier ?? "", until } }),
    tags: fromTags(instance.TagList),
  };
}

/** Returns the names of pending values, never the values: one of them is the password. */
function pendingIn(values: SdkInstance["PendingModifiedValues"]): readonly string[] {
  const isSet = (value: unknown): boolean =>
    value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
  return Object.entries(values ?? {}).flatMap(([name, value]) => (isSet(value) ? [name] : []));
}

function toPendingSettings(values: SdkInstance["PendingModifiedValues"]): Partial<DbSettings> {
  const settings: { readonly [S in keyof DbSettings]?: DbSettings[S] | undefined } = {
    instanceClass: values?.DBInstanceClass,
    storageGb: values?.AllocatedStorage,
    storageType: values?.StorageType,
    version: values?.EngineVersion,
    multiAz: values?.MultiAZ,
    backupDays: values?.BackupRetentionPeriod,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/** Returns the members of ModifyDBInstance and CreateDBInstance for settings. */
export function toSettings(settings: Partial<DbSettings>): Partial<ModifyDBInstanceMessage> {
  const {
    instanceClass,
    storageGb,
    storageType,
    version,
    multiAz,
    securityGroupIds,
    parameterGroup,
    backupDays,
    deletionProtection,
    tagsSnapshots,
    isPublic,
    lifecycle,
  } = settings;
  const members: Partial<Record<keyof ModifyDBInstanceMessage, unknown>> = {
    DBInstanceClass: instanceClass,
    AllocatedStorage: storageGb,
    StorageType: storageType,
    EngineVersion: version,
    MultiAZ: multiAz,
    VpcSecurityGroupIds: securityGroupIds && [...securityGroupIds],
    DBParameterGroupName: parameterGroup,
    BackupRetentionPeriod: backupDays,
    DeletionProtection: deletionProtection,
    CopyTagsToSnapshot: tagsSnapshots,
    PubliclyAccessible: isPublic,
    EngineLifecycleSupport: lifecycle,
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

export function toRemains(
  remains: DbRemains,
): Pick<DeleteDBInstanceMessage, "SkipFinalSnapshot" | "FinalDBSnapshotIdentifier" | "DeleteAutomatedBackups"> {
  if (remains === "nothing") return { SkipFinalSnapshot: true };
  if (remains === "backups") return { SkipFinalSnapshot: true, DeleteAutomatedBackups: false };
  return { SkipFinalSnapshot: false, FinalDBSnapshotIdentifier: remains.snapshot };
}

/** Returns the values of parameters by their names. */
export function fromParameters(
  parameters: readonly Pick<Parameter, "ParameterName" | "ParameterValue">[],
): Readonly<Record<string, string>> {
  const values = parameters.map(({ ParameterName = "", ParameterValue = "" }) => [ParameterName, ParameterValue]);
  return Object.fromEntries(values) as Readonly<Record<string, string>>;
}

export function toParameters(parameters: Readonly<Record<string, string>>): Parameter[] {
  return Object.entries(parameters).map(([ParameterName, ParameterValue]) => ({
    ParameterName,
    ParameterValue,
    ApplyMethod: "pending-reboot",
  }));
}
