import type {
  CreateDBClusterMessage,
  DBCluster,
  DBInstance,
  ModifyDBClusterMessage,
  ModifyDBInstanceMessage,
} from "@aws-sdk/client-neptune";
import type { Tags } from "../tags.ts";
import type {
  NeptuneChanges,
  NeptuneCluster,
  NeptuneInstance,
  NeptuneInstanceSettings,
  NeptuneSettings,
} from "./port.ts";

export function toCluster(cluster: DBCluster, tags: Tags): NeptuneCluster {
  const pendingSettings = toPendingSettings(cluster.PendingModifiedValues);
  return {
    id: cluster.DBClusterIdentifier ?? "",
    arn: cluster.DBClusterArn ?? "",
    resourceId: cluster.DbClusterResourceId ?? "",
    status: cluster.Status ?? "creating",
    engine: cluster.Engine ?? "",
    version: cluster.EngineVersion ?? "",
    encrypted: cluster.StorageEncrypted ?? false,
    ...(cluster.KmsKeyId && { keyArn: cluster.KmsKeyId }),
    subnetGroup: cluster.DBSubnetGroup ?? "",
    securityGroupIds: (cluster.VpcSecurityGroups ?? []).map((each) => each.VpcSecurityGroupId ?? ""),
    parameterGroup: cluster.DBClusterParameterGroup ?? "",
    backupDays: cluster.BackupRetentionPeriod ?? 0,
    deletionProtection: cluster.DeletionProtection ?? false,
    tagsSnapshots: cluster.CopyTagsToSnapshot ?? false,
    requiresIam: cluster.IAMDatabaseAuthenticationEnabled ?? false,
    logs: cluster.EnabledCloudwatchLogsExports ?? [],
    members: (cluster.DBClusterMembers ?? []).map((member) => ({
      id: member.DBInstanceIdentifier ?? "",
      isWriter: member.IsClusterWriter ?? false,
      parameterStatus: member.DBClusterParameterGroupStatus ?? "",
    })),
    pending: pendingIn(cluster.PendingModifiedValues),
    pendingSettings,
    ...(cluster.Endpoint && { host: cluster.Endpoint }),
    ...(cluster.ReaderEndpoint && { reader: cluster.ReaderEndpoint }),
    ...(cluster.Port && { port: cluster.Port }),
    tags,
  };
}

function pendingIn(values: DBCluster["PendingModifiedValues"]): readonly string[] {
  return Object.entries(values ?? {}).flatMap(([name, value]) => (value === undefined || value === null ? [] : [name]));
}

function toPendingSettings(values: DBCluster["PendingModifiedValues"]): Partial<NeptuneSettings> {
  const settings: { readonly [S in keyof NeptuneSettings]?: NeptuneSettings[S] | undefined } = {
    version: values?.EngineVersion,
    backupDays: values?.BackupRetentionPeriod,
    requiresIam: values?.IAMDatabaseAuthenticationEnabled,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

export function toInstance(instance: DBInstance, tags: Tags): NeptuneInstance {
  const pendingClass = instance.PendingModifiedValues?.DBInstanceClass;
  return {
    id: instance.DBInstanceIdentifier ?? "",
    status: instance.DBInstanceStatus ?? "creating",
    clusterId: instance.DBClusterIdentifier ?? "",
    instanceClass: instance.DBInstanceClass ?? "",
    upgradesItself: instance.AutoMinorVersionUpgrade ?? false,
    ...(pendingClass && { pendingClass }),
    tags,
  };
}

type Common = Omit<CreateDBClusterMessage & ModifyDBClusterMessage, "DBClusterIdentifier">;

/** Returns the members that CreateDBCluster and ModifyDBCluster share. */
export function toSettings(settings: Partial<Omit<NeptuneSettings, "logs">>): Partial<Common> {
  const members: Partial<Record<keyof Common, unknown>> = {
    EngineVersion: settings.version,
    VpcSecurityGroupIds: settings.securityGroupIds && [...settings.securityGroupIds],
    DBClusterParameterGroupName: settings.parameterGroup,
    BackupRetentionPeriod: settings.backupDays,
    DeletionProtection: settings.deletionProtection,
    CopyTagsToSnapshot: settings.tagsSnapshots,
    EnableIAMDatabaseAuthentication: settings.requiresIam,
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

export function toLogChanges(logs: NeptuneChanges["logs"]): Partial<ModifyDBClusterMessage> {
  if (logs === undefined) return {};
  const { added, removed } = logs;
  return { CloudwatchLogsExportConfiguration: { EnableLogTypes: [...added], DisableLogTypes: [...removed] } };
}

export function toInstanceSettings(settings: Partial<NeptuneInstanceSettings>): Partial<ModifyDBInstanceMessage> {
  const { instanceClass, upgradesItself } = settings;
  return {
    ...(instanceClass === undefined ? {} : { DBInstanceClass: instanceClass }),
    ...(upgradesItself === undefined ? {} : { AutoMinorVersionUpgrade: upgradesItself }),
  };
}
