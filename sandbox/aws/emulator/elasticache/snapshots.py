"""Snapshots of replication groups."""

from __future__ import annotations

from typing import Any

from .. import marker
from ..credentials import Principal
from .errors import snapshot_exists, snapshot_state
from .state import Group, Region, Snapshot


def take(region: Region, group: Group, name: str, source: str) -> Snapshot:
    if name.lower() in region.snapshots:
        raise snapshot_exists(name)
    data = {
        "SnapshotName": name.lower(),
        "ReplicationGroupId": group.name,
        "ReplicationGroupDescription": group.data["Description"],
        "SnapshotStatus": "creating",
        "SnapshotSource": source,
        "CacheNodeType": group.data["CacheNodeType"],
        "Engine": group.data["Engine"],
        "EngineVersion": group.version,
        "Port": group.port,
        "CacheParameterGroupName": group.parameter_group,
        "AutoMinorVersionUpgrade": group.data["AutoMinorVersionUpgrade"],
        "SnapshotRetentionLimit": group.data["SnapshotRetentionLimit"],
        "SnapshotWindow": group.data["SnapshotWindow"],
        "NumNodeGroups": 1,
        "AutomaticFailover": group.data["AutomaticFailover"],
        "ARN": region.arn("snapshot", name.lower()),
        **({"CacheSubnetGroupName": group.subnet_group} if group.subnet_group else {}),
        **({"KmsKeyId": group.data["KmsKeyId"]} if "KmsKeyId" in group.data else {}),
    }
    snapshot = Snapshot(data)
    region.snapshots[name.lower()] = snapshot
    if group.server:
        place, server = region.servers.snapshot(), group.server.server
        snapshot.place = place
        group.server.jobs.add(lambda: server.keep(place))
    return snapshot


def describe_snapshots(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name, of = params.get("SnapshotName"), params.get("ReplicationGroupId", "").lower()
    found = [region.snapshot(name)] if name else list(region.snapshots.values())
    shown = [snapshot.data for snapshot in found if not of or snapshot.data["ReplicationGroupId"] == of]
    limited = {key: value for key, value in params.items() if key == "Marker"}
    return marker.page("Snapshots", shown, limited)


def delete_snapshot(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    snapshot = region.snapshot(params["SnapshotName"])
    if snapshot.data["SnapshotStatus"] != "available":
        raise snapshot_state(f"The snapshot is not in available state (it is {snapshot.data['SnapshotStatus']}).")
    del region.snapshots[snapshot.data["SnapshotName"]]
    if snapshot.place:
        snapshot.place.unlink(missing_ok=True)
    return {"Snapshot": {**snapshot.data, "SnapshotStatus": "deleting"}}


OPERATIONS = {"DescribeSnapshots": describe_snapshots, "DeleteSnapshot": delete_snapshot}
