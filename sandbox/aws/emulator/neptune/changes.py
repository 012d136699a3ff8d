"""Changing and deleting a cluster: what is applied at once, and what waits until it is asked for."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends

from ..credentials import Principal
from ..rds import checks
from ..rds.state import Region
from ..refusals import invalid_combination, refusal
from ..upstream import not_emulated
from . import versions
from .clusters import check_values, described, fitting_group
from .snapshots import check_name, record
from .state import Cluster

MODIFY_SECONDS = 60
UPGRADE_SECONDS = 300
DELETE_SECONDS = 120
# Applied as soon as possible, whatever ApplyImmediately says.
AT_ONCE = (
    "BackupRetentionPeriod",
    "CopyTagsToSnapshot",
    "DeletionProtection",
    "PreferredBackupWindow",
    "PreferredMaintenanceWindow",
)
# Pending until the maintenance window, or until a change with ApplyImmediately. Request member -> member of the answer.
WAIT = {
    "EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled",
    "EngineVersion": "EngineVersion",
}
OTHERS = (
    "AllowMajorVersionUpgrade",
    "ApplyImmediately",
    "CloudwatchLogsExportConfiguration",
    "DBClusterIdentifier",
    "DBClusterParameterGroupName",
    "VpcSecurityGroupIds",
)


def modify(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    cluster = region.neptune.cluster(params["DBClusterIdentifier"])
    unknown = sorted(set(params) - {*AT_ONCE, *WAIT, *OTHERS})
    if unknown:
        raise not_emulated(f"rds:ModifyDBCluster of Neptune with {unknown[0]}")
    cluster.require_available()
    check_values(params)
    current = cluster.data["EngineVersion"]
    version = versions.known(params.get("EngineVersion", current))
    versions.check_upgrade(current, version, params.get("AllowMajorVersionUpgrade", False))
    given = params.get("DBClusterParameterGroupName")
    group = fitting_group(region, given, version) if given else cluster.group
    _set_security_groups(cluster, params.get("VpcSecurityGroupIds", []))
    cluster.data.update({name: params[name] for name in AT_ONCE if name in params})
    exports = params.get("CloudwatchLogsExportConfiguration", {})
    kept = set(cluster.data["EnabledCloudwatchLogsExports"]) | set(exports.get("EnableLogTypes", []))
    cluster.data["EnabledCloudwatchLogsExports"] = sorted(kept - set(exports.get("DisableLogTypes", [])))
    if group is not cluster.group:
        cluster.group = group
        for node in cluster.nodes:
            node.group_status = "pending-reboot"
    asked = {shown: params[name] for name, shown in WAIT.items() if name in params}
    cluster.pending.update({name: value for name, value in asked.items() if cluster.data[name] != value})
    if cluster.pending and params.get("ApplyImmediately", False):
        _apply(cluster)
    return {"DBCluster": described(cluster)}


def _set_security_groups(cluster: Cluster, given: list[str]) -> None:
    groups = checks.security_groups(cluster.region, given, cluster.data["VpcId"]) if given else []
    if not groups:
        return
    cluster.data["VpcSecurityGroups"] = [{"VpcSecurityGroupId": each, "Status": "active"} for each in groups]
    backend = ec2_backends[cluster.region.account][cluster.region.name]
    for node in cluster.nodes:
        if node.interface:
            backend.modify_network_interface_attribute(node.interface, groups)


def _apply(cluster: Cluster) -> None:
    upgrades = "EngineVersion" in cluster.pending

    def finish() -> None:
        cluster.data.update(cluster.pending, Status="available")
        cluster.pending.clear()
        for node in cluster.nodes:
            node.data["EngineVersion"] = cluster.data["EngineVersion"]

    cluster.data["Status"] = "upgrading" if upgrades else "modifying"
    cluster.region.timeline.after(UPGRADE_SECONDS if upgrades else MODIFY_SECONDS, finish)


def delete(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    cluster = region.neptune.cluster(params["DBClusterIdentifier"])
    if cluster.data["DeletionProtection"]:
        message = "Cannot delete protected Cluster, please disable deletion protection and try again."
        raise invalid_combination(message)
    if any(node.status != "deleting" for node in cluster.nodes):
        message = "Cluster cannot be deleted, it still contains DB instances in non-deleting state."
        raise refusal("rds", "InvalidDBClusterStateFault", message)
    cluster.require_available()
    name, skip = params.get("FinalDBSnapshotIdentifier"), params.get("SkipFinalSnapshot", False)
    if name and skip:
        raise invalid_combination("FinalDBSnapshotIdentifier can not be specified when SkipFinalSnapshot is true")
    if not name and not skip:
        raise invalid_combination("FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.")
    if name:
        check_name(region, name)
        record(cluster, name, {})
    cluster.data["Status"] = "deleting"
    region.timeline.after(DELETE_SECONDS, lambda: _remove(cluster))
    return {"DBCluster": described(cluster)}


def _remove(cluster: Cluster) -> None:
    """It goes after its last instance."""
    if cluster.nodes:
        cluster.region.timeline.after(DELETE_SECONDS, lambda: _remove(cluster))
    else:
        cluster.region.neptune.clusters.pop(cluster.name, None)


OPERATIONS = {"ModifyDBCluster": modify, "DeleteDBCluster": delete}
