"""Instances of clusters: the first is the writer, the others read, and one of them writes when it goes."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from moto.ec2.models import ec2_backends

from .. import tag_list
from ..credentials import Principal
from ..rds import checks
from ..rds.errors import instance_exists
from ..rds.state import Region
from ..rds.subnet_groups import described as described_subnet_group
from ..rds.subnet_groups import find as find_subnet_group
from ..refusals import invalid_combination, invalid_value, missing, refusal
from ..upstream import not_emulated
from . import versions
from .state import Cluster, Node

CREATE_SECONDS = 300
MODIFY_SECONDS = 90
REBOOT_SECONDS = 60
DELETE_SECONDS = 120
MAX_NODES = 16
ASKED = {
    "AutoMinorVersionUpgrade",
    "AvailabilityZone",
    "CopyTagsToSnapshot",
    "DBClusterIdentifier",
    "DBInstanceClass",
    "DBInstanceIdentifier",
    "Engine",
    "EngineVersion",
    "PreferredMaintenanceWindow",
    "PromotionTier",
    "Tags",
}
CHANGES = {"ApplyImmediately", "AutoMinorVersionUpgrade", "DBInstanceClass", "DBInstanceIdentifier", "PromotionTier"}


def create(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    unknown = sorted(set(params) - ASKED)
    if unknown:
        raise not_emulated(f"rds:CreateDBInstance of Neptune with {unknown[0]}")
    if "DBClusterIdentifier" not in params:
        raise missing("DBClusterIdentifier")
    name = checks.identifier(params["DBInstanceIdentifier"])
    if name in region.instances or name in region.neptune.nodes:
        raise instance_exists()
    checks.values(params)
    cluster = region.neptune.cluster(params["DBClusterIdentifier"])
    cluster.require_available()
    version = cluster.data["EngineVersion"]
    if params.get("EngineVersion", version) != version:
        raise invalid_combination(f"The engine version does not match that of the cluster, which is {version}.")
    if len(cluster.nodes) >= MAX_NODES:
        raise refusal("rds", "InstanceQuotaExceededFault", f"A cluster has at most {MAX_NODES} instances.")
    node = _new(cluster, name, params)
    region.neptune.nodes[name] = node
    cluster.nodes.append(node)
    _after(node, "creating", CREATE_SECONDS)
    return {"DBInstance": described(node)}


def _new(cluster: Cluster, name: str, params: dict[str, Any]) -> Node:
    region = cluster.region
    subnets = find_subnet_group(region, cluster.subnet_group)._subnets if cluster.subnet_group else []
    zones = [subnet.availability_zone for subnet in subnets] or [f"{region.name}a", f"{region.name}b"]
    zone = params.get("AvailabilityZone", zones[len(cluster.nodes) % len(zones)])
    if zone not in zones:
        raise refusal("rds", "InvalidVPCNetworkStateFault", f"The subnet group has no subnet in {zone}.")
    host = f"{name}.{secrets.token_hex(6)}.{region.name}.neptune.amazonaws.com"
    data = {
        "DBInstanceIdentifier": name,
        "DBInstanceArn": region.arn("db", name),
        "DbiResourceId": f"db-{secrets.token_hex(13).upper()}",
        "DBClusterIdentifier": cluster.name,
        "DBInstanceClass": params["DBInstanceClass"],
        "Engine": "neptune",
        "EngineVersion": cluster.data["EngineVersion"],
        "AvailabilityZone": zone,
        "AutoMinorVersionUpgrade": params.get("AutoMinorVersionUpgrade", True),
        "PromotionTier": params.get("PromotionTier", 1),
        "InstanceCreateTime": region.clock.now(),
        "Endpoint": {"Address": host, "Port": cluster.data["Port"], "HostedZoneId": "Z29XKXDKYMONMX"},
        "LicenseModel": "amazon-license",
        "StorageType": "aurora",
        "MultiAZ": False,
        "PubliclyAccessible": False,
        "PreferredMaintenanceWindow": cluster.data["PreferredMaintenanceWindow"],
        "CACertificateIdentifier": "rds-ca-rsa2048-g1",
        "CertificateDetails": {
            "CAIdentifier": "rds-ca-rsa2048-g1",
            "ValidTill": region.clock.now() + timedelta(days=365),
        },
    }
    interface = None
    if subnets:
        # It keeps its subnet and its security groups from deletion.
        at = next(subnet for subnet in subnets if subnet.availability_zone == zone)
        groups = [group["VpcSecurityGroupId"] for group in cluster.data["VpcSecurityGroups"]]
        backend = ec2_backends[region.account][region.name]
        interface = backend.create_network_interface(at, [], group_ids=groups, description="RDSNetworkInterface").id
    return Node(data, cluster, tag_list.read(params.get("Tags")), interface)


def _after(node: Node, status: str, seconds: float) -> None:
    node.data["DBInstanceStatus"] = status

    def finish() -> None:
        if node.status == status:
            node.data.update(node.pending, DBInstanceStatus="available")
            node.pending.clear()

    node.cluster.region.timeline.after(seconds, finish)


def described(node: Node) -> dict[str, Any]:
    cluster = node.cluster.data
    shared = ("BackupRetentionPeriod", "PreferredBackupWindow", "StorageEncrypted", "KmsKeyId", "VpcSecurityGroups")
    subnet_group = node.cluster.subnet_group
    data = {
        **node.data,
        **{member: cluster[member] for member in shared if member in cluster},
        "IAMDatabaseAuthenticationEnabled": cluster["IAMDatabaseAuthenticationEnabled"],
        "DBParameterGroups": [
            {
                "DBParameterGroupName": f"default.{versions.family(cluster['EngineVersion'])}",
                "ParameterApplyStatus": "in-sync",
            }
        ],
        "PendingModifiedValues": dict(node.pending),
        "TagList": tag_list.shown(node.tags),
        **({"DBSubnetGroup": described_subnet_group(node.cluster.region, subnet_group)} if subnet_group else {}),
    }
    if node.status == "creating":
        data.pop("Endpoint")
    return data


def found(region: Region, filters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The instances that pass the filters, as DescribeDBInstances shows them."""
    nodes = list(region.neptune.nodes.values())
    values = {
        "db-cluster-id": lambda node: {node.cluster.name, node.cluster.data["DBClusterArn"]},
        "db-instance-id": lambda node: {node.name, node.data["DBInstanceArn"]},
        "dbi-resource-id": lambda node: {node.data["DbiResourceId"]},
        "engine": lambda _: {"neptune"},
    }
    for each in filters:
        if each["Name"] not in values:
            raise invalid_value(f"Unrecognized filter name: {each['Name']}")
        nodes = [node for node in nodes if values[each["Name"]](node) & set(each["Values"])]
    return [described(node) for node in nodes]


def modify(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    node = region.neptune.node(params["DBInstanceIdentifier"])
    unknown = sorted(set(params) - CHANGES)
    if unknown:
        raise not_emulated(f"rds:ModifyDBInstance of Neptune with {unknown[0]}")
    node.require_available()
    checks.values(params)
    node.data.update({name: params[name] for name in ("AutoMinorVersionUpgrade", "PromotionTier") if name in params})
    kind = params.get("DBInstanceClass", node.data["DBInstanceClass"])
    if kind != node.data["DBInstanceClass"]:
        node.pending["DBInstanceClass"] = kind
    if node.pending and params.get("ApplyImmediately", False):
        _after(node, "modifying", MODIFY_SECONDS)
    return {"DBInstance": described(node)}


def reboot(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    node = region.neptune.node(params["DBInstanceIdentifier"])
    node.require_available()
    if params.get("ForceFailover", False):
        raise invalid_combination("Cannot force a failover of an instance of a cluster; use FailoverDBCluster.")
    node.group_status = "in-sync"
    _after(node, "rebooting", REBOOT_SECONDS)
    return {"DBInstance": described(node)}


def delete(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    """Also of a protected cluster: https://docs.aws.amazon.com/neptune/latest/userguide/manage-console-instances-delete.html"""
    node = region.neptune.node(params["DBInstanceIdentifier"])
    if node.status == "deleting":
        message = f"Instance {node.name} is already being deleted."
        raise refusal("rds", "InvalidDBInstanceStateFault", message)
    if params.get("FinalDBSnapshotIdentifier"):
        raise invalid_combination("FinalDBSnapshotIdentifier can not be specified when deleting a cluster instance")
    node.data["DBInstanceStatus"] = "deleting"
    region.timeline.after(DELETE_SECONDS, lambda: _remove(node))
    return {"DBInstance": described(node)}


def _remove(node: Node) -> None:
    region = node.cluster.region
    if node.interface:
        ec2_backends[region.account][region.name].enis.pop(node.interface, None)
    region.neptune.nodes.pop(node.name, None)
    node.cluster.nodes.remove(node)


OPERATIONS = {
    "CreateDBInstance": create,
    "ModifyDBInstance": modify,
    "RebootDBInstance": reboot,
    "DeleteDBInstance": delete,
}
