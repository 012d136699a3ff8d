"""Creating a cluster, which has no server before it has an instance, and what there is."""

from __future__ import annotations

import secrets
from typing import Any

from .. import marker, tag_list
from ..credentials import Principal
from ..rds import checks
from ..rds.state import Region
from ..rds.subnet_groups import find as find_subnet_group
from ..refusals import invalid_combination, invalid_value, refusal
from ..upstream import not_emulated
from . import parameter_groups, versions
from .state import Cluster

CREATE_SECONDS = 90
PORT = 8182
LOGS = {"audit", "slowquery"}
ASKED = {
    "BackupRetentionPeriod",
    "CopyTagsToSnapshot",
    "DBClusterIdentifier",
    "DBClusterParameterGroupName",
    "DBSubnetGroupName",
    "DeletionProtection",
    "EnableCloudwatchLogsExports",
    "EnableIAMDatabaseAuthentication",
    "Engine",
    "EngineVersion",
    "KmsKeyId",
    "Port",
    "PreferredBackupWindow",
    "PreferredMaintenanceWindow",
    "StorageEncrypted",
    "Tags",
    "VpcSecurityGroupIds",
}


def create(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    unknown = sorted(set(params) - ASKED)
    if unknown:
        raise not_emulated(f"rds:CreateDBCluster of Neptune with {unknown[0]}")
    name = checks.identifier(params["DBClusterIdentifier"], "DBClusterIdentifier")
    if name in region.neptune.clusters or name in region.moto.clusters:
        raise refusal("rds", "DBClusterAlreadyExistsFault", "DB Cluster already exists")
    cluster = _new(region, name, params)
    region.neptune.clusters[name] = cluster
    region.timeline.after(CREATE_SECONDS, lambda: cluster.data.update(Status="available"))
    return {"DBCluster": described(cluster)}


def _new(region: Region, name: str, params: dict[str, Any]) -> Cluster:
    version = versions.known(params.get("EngineVersion"))
    family = versions.family(version)
    given = params.get("DBClusterParameterGroupName")
    group = fitting_group(region, given, version) if given else parameter_groups.default_group(region, family)
    check_values(params)
    encrypted = params.get("StorageEncrypted", False)
    if params.get("KmsKeyId") and not encrypted:
        raise invalid_combination("KmsKeyId can only be specified together with StorageEncrypted.")
    subnet_group = find_subnet_group(region, params["DBSubnetGroupName"]) if "DBSubnetGroupName" in params else None
    vpc = subnet_group.vpc_id if subnet_group else None
    groups = checks.security_groups(region, params.get("VpcSecurityGroupIds", []), vpc)
    host = f"{secrets.token_hex(6)}.{region.name}.neptune.amazonaws.com"
    subnets = subnet_group._subnets if subnet_group else []
    zones = sorted({subnet.availability_zone for subnet in subnets})
    data = {
        "DBClusterIdentifier": name,
        "DBClusterArn": region.arn("cluster", name),
        "DbClusterResourceId": f"cluster-{secrets.token_hex(13).upper()}",
        "Engine": "neptune",
        "EngineVersion": version,
        "Status": "creating",
        "AllocatedStorage": 1,
        "AvailabilityZones": zones or [f"{region.name}a", f"{region.name}b"],
        "BackupRetentionPeriod": params.get("BackupRetentionPeriod", 1),
        "ClusterCreateTime": region.clock.now(),
        "CopyTagsToSnapshot": params.get("CopyTagsToSnapshot", False),
        "DeletionProtection": params.get("DeletionProtection", False),
        "EnabledCloudwatchLogsExports": sorted(params.get("EnableCloudwatchLogsExports", [])),
        "Endpoint": f"{name}.cluster-{host}",
        "ReaderEndpoint": f"{name}.cluster-ro-{host}",
        "HostedZoneId": "Z29XKXDKYMONMX",
        "IAMDatabaseAuthenticationEnabled": params.get("EnableIAMDatabaseAuthentication", False),
        "MultiAZ": False,
        "Port": params.get("Port", PORT),
        "PreferredBackupWindow": params.get("PreferredBackupWindow", "03:00-03:30"),
        "PreferredMaintenanceWindow": params.get("PreferredMaintenanceWindow", "sun:04:00-sun:04:30").lower(),
        "StorageEncrypted": encrypted,
        "VpcId": vpc,
        "VpcSecurityGroups": [{"VpcSecurityGroupId": each, "Status": "active"} for each in groups],
        "AssociatedRoles": [],
        "NetworkType": "IPV4",
        **({"KmsKeyId": checks.key_arn(region, params.get("KmsKeyId"))} if encrypted else {}),
    }
    tags = tag_list.read(params.get("Tags"))
    return Cluster(data, region, group, tags, str(subnet_group.name) if subnet_group else None)


def fitting_group(region: Region, name: str, version: str) -> Any:
    if name.lower() not in region.neptune.groups:
        message = f"DBClusterParameterGroup not found: {name}"
        raise refusal("rds", "DBClusterParameterGroupNotFoundFault", message)
    return parameter_groups.fits(region.neptune.group(name), version, versions.family(version))


def check_values(params: dict[str, Any]) -> None:
    """What is checked alike when a cluster is created and when it is changed."""
    days = params.get("BackupRetentionPeriod", 1)
    if not 1 <= days <= checks.MAX_BACKUP_DAYS:
        raise invalid_value(f"Invalid backup retention period: {days}. Must be between 1 and {checks.MAX_BACKUP_DAYS}.")
    exports = params.get("CloudwatchLogsExportConfiguration", {})
    logs = [*params.get("EnableCloudwatchLogsExports", []), *(each for lists in exports.values() for each in lists)]
    if set(logs) - LOGS:
        raise invalid_combination(f"You cannot use the log types {sorted(set(logs) - LOGS)} with engine neptune.")


def described(cluster: Cluster) -> dict[str, Any]:
    members = [
        {
            "DBInstanceIdentifier": node.name,
            "IsClusterWriter": node is cluster.nodes[0],
            "DBClusterParameterGroupStatus": node.group_status,
            "PromotionTier": node.data["PromotionTier"],
        }
        for node in cluster.nodes
    ]
    return {
        **{member: value for member, value in cluster.data.items() if member != "VpcId"},
        "DBClusterMembers": members,
        "MultiAZ": len(members) > 1,
        "DBClusterParameterGroup": cluster.group.data["DBClusterParameterGroupName"],
        "TagList": tag_list.shown(cluster.tags),
        **({"DBSubnetGroup": cluster.subnet_group} if cluster.subnet_group else {}),
        **({"PendingModifiedValues": dict(cluster.pending)} if cluster.pending else {}),
    }


def describe(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name = params.get("DBClusterIdentifier")
    found = [region.neptune.cluster(name)] if name else list(region.neptune.clusters.values())
    for each in params.get("Filters", []):
        if each["Name"] not in ("engine", "db-cluster-id"):
            raise invalid_value(f"Unrecognized filter name: {each['Name']}")
        found = [
            cluster for cluster in found if ("neptune" if each["Name"] == "engine" else cluster.name) in each["Values"]
        ]
    others = [] if name or params.get("Filters") else list(region.moto.clusters.values())
    return marker.page("DBClusters", [*map(described, found), *others], params)


OPERATIONS = {"CreateDBCluster": create, "DescribeDBClusters": describe}
