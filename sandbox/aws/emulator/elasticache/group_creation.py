"""Creating a replication group."""

from __future__ import annotations

import secrets
from typing import Any

from moto.kms.models import kms_backends

from .. import tag_list
from ..credentials import Principal
from ..refusals import invalid_combination
from ..servers.valkey import digest
from ..upstream import not_emulated
from . import group_checks, logins, transitions
from .errors import group_exists
from .groups import described, member, open_door, place
from .parameter_groups import settings
from .state import Data, Group, Region

CREATE_SECONDS = 360
PORT = 6379
KNOWN = {
    "AtRestEncryptionEnabled",
    "AuthToken",
    "AutoMinorVersionUpgrade",
    "AutomaticFailoverEnabled",
    "CacheNodeType",
    "CacheParameterGroupName",
    "CacheSubnetGroupName",
    "ClusterMode",
    "Engine",
    "EngineVersion",
    "KmsKeyId",
    "MultiAZEnabled",
    "NumCacheClusters",
    "NumNodeGroups",
    "Port",
    "PreferredCacheClusterAZs",
    "PreferredMaintenanceWindow",
    "ReplicasPerNodeGroup",
    "ReplicationGroupDescription",
    "ReplicationGroupId",
    "SecurityGroupIds",
    "SnapshotRetentionLimit",
    "SnapshotWindow",
    "Tags",
    "TransitEncryptionEnabled",
    "TransitEncryptionMode",
    "UserGroupIds",
}


def create_replication_group(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    group_checks.only(params, KNOWN, "CreateReplicationGroup")
    name = group_checks.identifier(params["ReplicationGroupId"])
    if name in region.groups:
        raise group_exists(name)
    engine = group_checks.engine(params.get("Engine", "redis"))
    version = group_checks.full_version(engine, params.get("EngineVersion"))
    count = _count(params)
    failover, multi = params.get("AutomaticFailoverEnabled", False), params.get("MultiAZEnabled", False)
    group_checks.nodes(count, failover, multi)
    zones = params.get("PreferredCacheClusterAZs", [])
    if zones and len(zones) != count:
        raise invalid_combination(f"{len(zones)} preferred zones are given for {count} cache clusters.")
    encrypted = params.get("TransitEncryptionEnabled", False)
    if params.get("TransitEncryptionMode") and not encrypted:
        raise invalid_combination("TransitEncryptionMode can only be given with TransitEncryptionEnabled.")
    group_checks.access(encrypted, params.get("UserGroupIds", []), params.get("AuthToken"))
    user_groups = group_checks.user_groups(region, params.get("UserGroupIds", []), engine)
    parameters = group_checks.parameter_group(region, params.get("CacheParameterGroupName"), engine, version)
    at_rest = params.get("AtRestEncryptionEnabled", engine == "valkey")
    if encrypted and not params.get("CacheSubnetGroupName"):
        raise invalid_combination("Encryption in transit needs a CacheSubnetGroupName.")
    data: Data = {
        "ReplicationGroupId": name,
        "Description": params["ReplicationGroupDescription"],
        "ARN": region.arn("replicationgroup", name),
        "Engine": engine,
        "CacheNodeType": group_checks.node_type(params.get("CacheNodeType")),
        "MemberClusters": [member(name, number) for number in range(1, count + 1)],
        "AutomaticFailover": "enabled" if failover else "disabled",
        "MultiAZ": "enabled" if multi else "disabled",
        "SnapshotRetentionLimit": params.get("SnapshotRetentionLimit", 0),
        "SnapshotWindow": params.get("SnapshotWindow", "05:00-06:00"),
        "ClusterEnabled": False,
        "ClusterMode": "disabled",
        "AuthTokenEnabled": "AuthToken" in params,
        "TransitEncryptionEnabled": encrypted,
        "AtRestEncryptionEnabled": at_rest,
        "AutoMinorVersionUpgrade": params.get("AutoMinorVersionUpgrade", True),
        "ReplicationGroupCreateTime": region.clock.now(),
        "DataTiering": "disabled",
        "NetworkType": "ipv4",
        "IpDiscovery": "ipv4",
        "LogDeliveryConfigurations": [],
        **({"TransitEncryptionMode": params.get("TransitEncryptionMode", "required")} if encrypted else {}),
        **({"UserGroupIds": user_groups} if user_groups else {}),
        **({"KmsKeyId": _key(region, params["KmsKeyId"], at_rest)} if params.get("KmsKeyId") else {}),
    }
    subnets = region.subnet_group(params["CacheSubnetGroupName"]).data if params.get("CacheSubnetGroupName") else None
    chosen = group_checks.security_groups(
        region, params.get("SecurityGroupIds", []), subnets["VpcId"] if subnets else None
    )
    group = Group(
        data,
        parameters.data["CacheParameterGroupName"],
        subnets["CacheSubnetGroupName"] if subnets else None,
        chosen,
        params.get("Port", PORT),
        version,
        tag_list.read(params.get("Tags")),
        tokens=(digest(params["AuthToken"]),) if "AuthToken" in params else (),
        zones=zones,
        window=params.get("PreferredMaintenanceWindow", "sun:23:00-mon:01:30").lower(),
    )
    region.groups[name] = group
    place(region, group)
    _serve(region, group, settings(parameters))
    transitions.after(region, group, "creating", CREATE_SECONDS)
    return {"ReplicationGroup": described(region, group)}


def _count(params: dict[str, Any]) -> int:
    if params.get("NumNodeGroups", 1) != 1 or params.get("ClusterMode", "disabled") != "disabled":
        raise not_emulated("elasticache:CreateReplicationGroup with cluster mode")
    if "NumCacheClusters" in params and "ReplicasPerNodeGroup" in params:
        raise invalid_combination("NumCacheClusters cannot be combined with ReplicasPerNodeGroup.")
    return int(params.get("NumCacheClusters", params.get("ReplicasPerNodeGroup", 0) + 1))


def _key(region: Region, key: str, at_rest: bool) -> str:
    if not at_rest:
        raise invalid_combination("KmsKeyId can only be given with AtRestEncryptionEnabled.")
    try:
        return str(kms_backends[region.account][region.name].describe_key(key).arn)
    except Exception as error:
        raise invalid_combination(f"The KMS key {key} does not exist in this region.") from error


def _serve(region: Region, group: Group, options: dict[str, str]) -> None:
    group.server = region.servers.valkey(group.port)
    if group.server is None:
        group.host = f"{group.name}.{secrets.token_hex(3)}.{region.name}.cache.amazonaws.com"
        return
    group.host, group.port = group.server.address, group.server.port
    open_door(group)
    server, who = group.server.server, logins.of(region, group)
    group.server.jobs.add(lambda: server.create(who, options))


OPERATIONS = {"CreateReplicationGroup": create_replication_group}
