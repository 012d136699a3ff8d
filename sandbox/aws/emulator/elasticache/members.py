"""The nodes of replication groups, which DescribeCacheClusters shows beside clusters of their own."""

from __future__ import annotations

from typing import Any

from moto.elasticache.models import elasticache_backends

from .. import marker
from ..credentials import Principal
from .groups import zones_of
from .state import Data, Group, Region


def group_of(region: Region, member: str) -> Group | None:
    return next((group for group in region.groups.values() if member in group.data["MemberClusters"]), None)


def describe_cache_clusters(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name = params.get("CacheClusterId", "").lower()
    shown: list[Any] = [
        _described(region, group, member)
        for group in region.groups.values()
        for member in group.data["MemberClusters"]
        if name in ("", member)
    ]
    if not name and not params.get("ShowCacheClustersNotInReplicationGroups"):
        shown += elasticache_backends[region.account][region.name].cache_clusters.values()
    return marker.page("CacheClusters", shown, params)


def _described(region: Region, group: Group, member: str) -> Data:
    zones = zones_of(region, group)
    position = group.data["MemberClusters"].index(member)
    copied = ("CacheNodeType", "Engine", "AutoMinorVersionUpgrade", "SnapshotRetentionLimit", "SnapshotWindow")
    encryption = ("AuthTokenEnabled", "TransitEncryptionEnabled", "AtRestEncryptionEnabled", "TransitEncryptionMode")
    waiting = {name: value for name, value in group.waiting.items() if name in ("EngineVersion", "CacheNodeType")}
    return {
        **{key: group.data[key] for key in (*copied, *encryption) if key in group.data},
        "CacheClusterId": member,
        "ReplicationGroupId": group.name,
        "EngineVersion": f"{group.version}.0",
        "CacheClusterStatus": group.status,
        "NumCacheNodes": 1,
        "PreferredAvailabilityZone": zones[position % len(zones)],
        "CacheClusterCreateTime": group.data["ReplicationGroupCreateTime"],
        "PreferredMaintenanceWindow": group.window,
        "PendingModifiedValues": waiting,
        "CacheSecurityGroups": [],
        "SecurityGroups": [{"SecurityGroupId": each, "Status": "active"} for each in group.security_groups],
        "CacheParameterGroup": {
            "CacheParameterGroupName": group.parameter_group,
            "ParameterApplyStatus": "in-sync",
            "CacheNodeIdsToReboot": [],
        },
        "ARN": region.arn("cluster", member),
        "NetworkType": "ipv4",
        "IpDiscovery": "ipv4",
        **({"CacheSubnetGroupName": group.subnet_group} if group.subnet_group else {}),
    }


OPERATIONS = {"DescribeCacheClusters": describe_cache_clusters}
