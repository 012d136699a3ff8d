"""Changing an instance: what is applied at once, and what waits until it is asked for."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends

from ..credentials import Principal
from ..refusals import invalid_combination
from ..servers.scram import verifier
from ..upstream import not_emulated
from . import applying, checks
from .described import described
from .state import Instance, Region
from .subnet_groups import find as find_subnet_group
from .versions import check_replicas, check_upgrade, full_version

# Applied as soon as possible, whatever ApplyImmediately says. Request member -> member of the answer.
AT_ONCE = {
    name: name
    for name in (
        "AutoMinorVersionUpgrade",
        "CopyTagsToSnapshot",
        "DeletionProtection",
        "EngineLifecycleSupport",
        "MaxAllocatedStorage",
        "MonitoringInterval",
        "MonitoringRoleArn",
        "PreferredBackupWindow",
        "PreferredMaintenanceWindow",
        "PubliclyAccessible",
    )
} | {"EnablePerformanceInsights": "PerformanceInsightsEnabled"}
# Pending until the maintenance window, or until a change with ApplyImmediately.
WAIT = {
    name: name
    for name in (
        "AllocatedStorage",
        "BackupRetentionPeriod",
        "CACertificateIdentifier",
        "DBInstanceClass",
        "EngineVersion",
        "Iops",
        "MultiAZ",
        "StorageThroughput",
        "StorageType",
    )
} | {"EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled"}
OTHERS = {
    "AllowMajorVersionUpgrade",
    "ApplyImmediately",
    "CertificateRotationRestart",
    "CloudwatchLogsExportConfiguration",
    "DBInstanceIdentifier",
    "DBParameterGroupName",
    "MasterUserPassword",
    "VpcSecurityGroupIds",
}


def modify_db_instance(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    instance = region.instance(params["DBInstanceIdentifier"])
    unknown = sorted(set(params) - set(AT_ONCE) - set(WAIT) - OTHERS)
    if unknown:
        raise not_emulated(f"rds:ModifyDBInstance with {unknown[0]}")
    instance.require_available()
    changes = _checked(instance, params)
    _apply_now(instance, params, _security_groups(instance, params))
    for name, value in changes.items():
        instance.pending[name] = value
    waiting = _applicable(instance, params.get("ApplyImmediately", False))
    password = params.get("MasterUserPassword")
    if password is not None:
        instance.pending["MasterUserPassword"] = "****"
    if waiting or password is not None:
        applying.ask(instance, waiting, None if password is None else verifier(password))
    return {"DBInstance": described(instance)}


def _checked(instance: Instance, params: dict[str, Any]) -> dict[str, Any]:
    """What would be different of those that can wait; raises if AWS would not take it."""
    checks.values(params)
    if "MasterUserPassword" in params:
        if instance.source:
            raise invalid_combination("The master password of a read replica is that of its source.")
        if "MasterUserSecret" in instance.data:
            raise invalid_combination(
                "You can't specify MasterUserPassword for an instance whose password RDS manages."
            )
        checks.password(params["MasterUserPassword"])
    if params.get("BackupRetentionPeriod") == 0 and instance.replicas:
        raise invalid_combination("Backups can't be switched off for an instance that has read replicas.")
    storage, current = params.get("AllocatedStorage"), instance.data["AllocatedStorage"]
    if storage is not None and storage != current and storage < current * 1.1:
        raise invalid_combination(
            f"The new storage size ({storage}) must be at least 10 percent more than the current one ({current})."
        )
    if "EngineVersion" in params:
        params["EngineVersion"] = full_version(params["EngineVersion"])
        allowed = params.get("AllowMajorVersionUpgrade", False)
        check_upgrade(instance.data["EngineVersion"], params["EngineVersion"], allowed)
        check_replicas(params["EngineVersion"], [replica.data["EngineVersion"] for replica in instance.replicas])
    if "DBParameterGroupName" in params:
        version = params.get("EngineVersion", instance.data["EngineVersion"])
        checks.fits(instance.region.group(params["DBParameterGroupName"]), version)
    given = {WAIT[name]: value for name, value in params.items() if name in WAIT}
    return {name: value for name, value in given.items() if instance.data.get(name) != value}


def _security_groups(instance: Instance, params: dict[str, Any]) -> list[str]:
    if "VpcSecurityGroupIds" not in params:
        return []
    subnet_group = find_subnet_group(instance.region, instance.subnet_group) if instance.subnet_group else None
    vpc = subnet_group.vpc_id if subnet_group else None
    return checks.security_groups(instance.region, params["VpcSecurityGroupIds"], vpc)


def _set_security_groups(instance: Instance, groups: list[str]) -> None:
    instance.data["VpcSecurityGroups"] = [{"VpcSecurityGroupId": each, "Status": "active"} for each in groups]
    if instance.interface:
        backend = ec2_backends[instance.region.account][instance.region.name]
        backend.modify_network_interface_attribute(instance.interface, groups)


def _apply_now(instance: Instance, params: dict[str, Any], groups: list[str]) -> None:
    for name, shown in AT_ONCE.items():
        if name in params:
            instance.data[shown] = params[name]
    if groups:
        _set_security_groups(instance, groups)
    exports = params.get("CloudwatchLogsExportConfiguration", {})
    kept = set(instance.data["EnabledCloudwatchLogsExports"]) | set(exports.get("EnableLogTypes", []))
    instance.data["EnabledCloudwatchLogsExports"] = sorted(kept - set(exports.get("DisableLogTypes", [])))
    if "DBParameterGroupName" in params:
        group = instance.region.group(params["DBParameterGroupName"])
        if group is not instance.group:
            instance.group = group
            instance.group_status = "pending-reboot"


def _applicable(instance: Instance, immediately: bool) -> list[str]:
    """ApplyImmediately also applies what an earlier change left pending."""
    if immediately:
        return [name for name in instance.pending if name != "MasterUserPassword"]
    days = instance.pending.get("BackupRetentionPeriod", 0)
    # From one number of days to another needs no window.
    return ["BackupRetentionPeriod"] if days and instance.data["BackupRetentionPeriod"] else []


OPERATIONS = {"ModifyDBInstance": modify_db_instance}
