"""Read replicas: created from a source, also one in another region, and promoted for ever."""

from __future__ import annotations

from typing import Any

from .. import tag_list
from ..credentials import Principal
from ..refusals import invalid_combination
from . import checks, parameters, transitions
from .described import described
from .errors import instance_exists, instance_not_found, wrong_state
from .instances import add, common
from .parameter_groups import default_group
from .state import Instance, Region
from .versions import family

CREATE_SECONDS = 480
PROMOTE_SECONDS = 90
REBOOT_SECONDS = 60


def create_db_instance_read_replica(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name = checks.identifier(params["DBInstanceIdentifier"])
    if name in region.instances:
        raise instance_exists()
    source = _source(region, params)
    checks.values(params)
    if params.get("DBParameterGroupName"):
        # The model: only for MySQL in another region, and for Db2 and Oracle.
        message = "A DBParameterGroupName can't be specified for a read replica of engine postgres."
        raise invalid_combination(message)
    key = _key(region, source, params)
    same = source.region is region
    group = source.group if same else default_group(region, family(source.data["EngineVersion"]))
    params = {"Port": source.data["Endpoint"]["Port"], **params}
    data = {
        # A replica does not inherit backups, Multi-AZ or deletion protection.
        **common(region, name, params),
        **{
            member: source.data[member]
            for member in ("EngineVersion", "MasterUsername", "StorageEncrypted", "EngineLifecycleSupport", "DBName")
            if member in source.data
        },
        "DBInstanceClass": params.get("DBInstanceClass", source.data["DBInstanceClass"]),
        "AllocatedStorage": params.get("AllocatedStorage", source.data["AllocatedStorage"]),
        "StorageType": params.get("StorageType", source.data["StorageType"]),
        "BackupRetentionPeriod": 0,
        **({"KmsKeyId": key} if key else {}),
    }
    replica = add(region, Instance(data, region, group, tag_list.read(params.get("Tags"))), params)
    replica.source = source
    source.replicas.append(replica)
    if replica.server and source.server:
        server, origin, settings = replica.server.server, source.server.server, parameters.load(replica)
        replica.server.jobs.add(lambda: server.copy(origin, settings))
    transitions.after(replica, "creating", CREATE_SECONDS, lambda: transitions.created(replica))
    return {"DBInstance": described(replica)}


def _source(region: Region, params: dict[str, Any]) -> Instance:
    named = params.get("SourceDBInstanceIdentifier") or ""
    parts = named.split(":")
    if len(parts) == 7:
        where = region.elsewhere(parts[3])
    elif params.get("SourceRegion", region.name) != region.name:
        message = "SourceDBInstanceIdentifier must be an ARN for a source in another region."
        raise invalid_combination(message)
    else:
        where = region
    found = where.instances.get(parts[-1].lower())
    if found is None:
        raise instance_not_found(named)
    found.require_available()
    if found.data["BackupRetentionPeriod"] == 0:
        raise wrong_state(
            "Automated backups are not enabled for this database instance. To enable automated backups, use "
            "ModifyDBInstance to set the backup retention period to a non-zero value."
        )
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
    if "MasterUserSecret" in found.data:
        raise wrong_state("Read replicas can't be created from an instance whose master password RDS manages.")
    return found


def _key(region: Region, source: Instance, params: dict[str, Any]) -> str | None:
    given = params.get("KmsKeyId")
    if not source.data["StorageEncrypted"]:
        if given:
            raise invalid_combination("Cannot create an encrypted Read Replica from an unencrypted DB instance.")
        return None
    if source.region is region and not given:
        return str(source.data["KmsKeyId"])
    if not given:
        message = "KmsKeyId must be specified for an encrypted read replica in another region."
        raise invalid_combination(message)
    return checks.key_arn(region, given)


def promote_read_replica(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    replica = region.instance(params["DBInstanceIdentifier"])
    if replica.source is None:
        raise wrong_state(f"DB Instance {replica.name} is not a read replica.")
    replica.require_available()
    checks.values(params)
    # Stricter than the model, which has 1 as default: without it, the new primary has the backups of the replica.
    days = params.get("BackupRetentionPeriod", replica.data["BackupRetentionPeriod"])
    window = params.get("PreferredBackupWindow", replica.data["PreferredBackupWindow"])

    def finish() -> None:
        detach(replica)
        replica.data.update(BackupRetentionPeriod=days, PreferredBackupWindow=window)
        transitions.after(replica, "rebooting", REBOOT_SECONDS, lambda: transitions.back_up(replica))

    if replica.server:
        replica.server.jobs.add(replica.server.server.promote)
    transitions.after(replica, "modifying", PROMOTE_SECONDS, finish)
    return {"DBInstance": described(replica)}


def detach(replica: Instance) -> None:
    """There is no way back: a standalone instance never becomes a replica again."""
    if replica.source:
        replica.source.replicas.remove(replica)
        replica.source = None


OPERATIONS = {
    "CreateDBInstanceReadReplica": create_db_instance_read_replica,
    "PromoteReadReplica": promote_read_replica,
}
