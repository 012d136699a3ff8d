"""Replication groups: shown and deleted, and their place in the network."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends

from .. import marker
from ..credentials import Principal
from . import group_checks, snapshots, transitions
from .errors import group_state
from .state import Data, Group, Region

DELETE_SECONDS = 240


def member(name: str, number: int) -> str:
    return f"{name}-{number:03d}"


def place(region: Region, group: Group) -> None:
    """A network interface for each node, which keeps its subnet and its security groups from deletion."""
    if group.subnet_group is None:
        return
    backend = ec2_backends[region.account][region.name]
    subnets = [each["SubnetIdentifier"] for each in region.subnet_group(group.subnet_group).data["Subnets"]]
    members = group.data["MemberClusters"]
    for gone in group.interfaces[len(members) :]:
        backend.enis.pop(gone, None)
    group.interfaces = group.interfaces[: len(members)]
    for number in range(len(group.interfaces), len(members)):
        subnet = backend.get_subnet(subnets[number % len(subnets)])
        made = backend.create_network_interface(
            subnet, [], group_ids=group.security_groups, description=f"ElastiCache {members[number]}"
        )
        group.interfaces.append(made.id)


def set_security_groups(region: Region, group: Group, identifiers: list[str]) -> None:
    group.security_groups = identifiers
    backend = ec2_backends[region.account][region.name]
    for interface in group.interfaces:
        backend.modify_network_interface_attribute(interface, identifiers)


def open_door(group: Group) -> None:
    """How a client may come in: with TLS, without it, or both."""
    if group.server:
        encrypted = group.data["TransitEncryptionEnabled"]
        group.server.needs_tls = encrypted and group.data["TransitEncryptionMode"] == "required"
        group.server.speaks_tls = encrypted


def described(region: Region, group: Group) -> Data:
    status = group.status
    shown = {**group.data, "PendingModifiedValues": dict(group.pending)}
    zones = zones_of(region, group)
    address = {"Address": group.host, "Port": group.port}
    ready = status != "creating"
    node_group: Data = {
        "NodeGroupId": "0001",
        "Status": "available" if status == "snapshotting" else status,
        "NodeGroupMembers": [
            {
                "CacheClusterId": name,
                "CacheNodeId": "0001",
                "PreferredAvailabilityZone": zones[number % len(zones)],
                "CurrentRole": "primary" if number == 0 else "replica",
                **({"ReadEndpoint": address} if ready else {}),
            }
            for number, name in enumerate(group.data["MemberClusters"])
        ],
        # AWS has no address to give before there is a node behind it.
        **({"PrimaryEndpoint": address, "ReaderEndpoint": address} if ready else {}),
    }
    return {**shown, "NodeGroups": [node_group]}


def zones_of(region: Region, group: Group) -> list[str]:
    if group.zones or group.subnet_group is None:
        return group.zones or [f"{region.name}a"]
    subnets = region.subnet_group(group.subnet_group).data["Subnets"]
    return sorted({each["SubnetAvailabilityZone"]["Name"] for each in subnets})


def describe_replication_groups(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name = params.get("ReplicationGroupId")
    found = [region.group(name)] if name else list(region.groups.values())
    return marker.page("ReplicationGroups", [described(region, group) for group in found], params)


def delete_replication_group(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    group = region.group(params["ReplicationGroupId"])
    group_checks.only(
        {name: value for name, value in params.items() if value is not False},
        {"ReplicationGroupId", "FinalSnapshotIdentifier"},
        "DeleteReplicationGroup",
    )
    require_available(group)
    final = params.get("FinalSnapshotIdentifier")
    snapshot = snapshots.take(region, group, final, "automated") if final else None

    def gone() -> None:
        if snapshot:
            snapshot.data["SnapshotStatus"] = "available"
        region.servers.remove(group.server)
        group.data["MemberClusters"] = []
        place(region, group)
        region.groups.pop(group.name, None)

    transitions.after(region, group, "deleting", DELETE_SECONDS, gone)
    return {"ReplicationGroup": described(region, group)}


def require_available(group: Group) -> None:
    if group.status != "available":
        raise group_state(group.name, group.status)


OPERATIONS = {
    "DescribeReplicationGroups": describe_replication_groups,
    "DeleteReplicationGroup": delete_replication_group,
}
