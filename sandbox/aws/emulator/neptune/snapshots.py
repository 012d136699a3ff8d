"""Snapshots of clusters, which stay when their cluster is deleted."""

from __future__ import annotations

from typing import Any

from .. import marker, tag_list
from ..credentials import Principal
from ..rds.parameter_requests import NAME
from ..rds.state import Region
from ..refusals import invalid_value, refusal
from .state import Cluster, Snapshot

SNAPSHOT_SECONDS = 60
COPIED = ("Engine", "EngineVersion", "Port", "StorageEncrypted", "KmsKeyId", "ClusterCreateTime", "AvailabilityZones")


def check_name(region: Region, name: str) -> None:
    if not NAME.fullmatch(name):
        raise invalid_value("The parameter DBClusterSnapshotIdentifier is not a valid identifier.")
    if name.lower() in region.neptune.snapshots:
        message = f"Cannot create the cluster snapshot because one with the identifier {name} already exists."
        raise refusal("rds", "DBClusterSnapshotAlreadyExistsFault", message)


def record(cluster: Cluster, name: str, tags: dict[str, str]) -> Snapshot:
    region = cluster.region
    copied = cluster.tags if cluster.data["CopyTagsToSnapshot"] else {}
    data = {
        "DBClusterSnapshotIdentifier": name.lower(),
        "DBClusterSnapshotArn": region.arn("cluster-snapshot", name.lower()),
        "DBClusterIdentifier": cluster.name,
        "SnapshotCreateTime": region.clock.now(),
        "SnapshotType": "manual",
        "Status": "creating",
        "PercentProgress": 0,
        "AllocatedStorage": 1,
        "LicenseModel": "amazon-license",
        "VpcId": cluster.data["VpcId"],
        "IAMDatabaseAuthenticationEnabled": cluster.data["IAMDatabaseAuthenticationEnabled"],
        **{member: cluster.data[member] for member in COPIED if member in cluster.data},
    }
    snapshot = Snapshot(data, {**copied, **tags})
    region.neptune.snapshots[name.lower()] = snapshot
    finished = {"Status": "available", "PercentProgress": 100}
    region.timeline.after(SNAPSHOT_SECONDS, lambda: data.update(finished))
    return snapshot


def create(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    cluster, name = region.neptune.cluster(params["DBClusterIdentifier"]), params["DBClusterSnapshotIdentifier"]
    check_name(region, name)
    cluster.require_available()
    return {"DBClusterSnapshot": _described(record(cluster, name, tag_list.read(params.get("Tags"))))}


def _described(snapshot: Snapshot) -> dict[str, Any]:
    return {**snapshot.data, "TagList": tag_list.shown(snapshot.tags)}


def describe(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name, of = params.get("DBClusterSnapshotIdentifier"), params.get("DBClusterIdentifier", "").lower()
    found = [region.neptune.snapshot(name)] if name else list(region.neptune.snapshots.values())
    kind = params.get("SnapshotType", "manual")
    shown = [
        _described(snapshot)
        for snapshot in found
        if (not of or snapshot.data["DBClusterIdentifier"] == of) and snapshot.data["SnapshotType"] == kind
    ]
    return marker.page("DBClusterSnapshots", shown, params)


def delete(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    snapshot = region.neptune.snapshot(params["DBClusterSnapshotIdentifier"])
    if snapshot.data["Status"] != "available":
        message = f"Cannot delete the snapshot: it is {snapshot.data['Status']}."
        raise refusal("rds", "InvalidDBClusterSnapshotStateFault", message)
    del region.neptune.snapshots[snapshot.data["DBClusterSnapshotIdentifier"]]
    return {"DBClusterSnapshot": {**_described(snapshot), "Status": "deleted"}}


OPERATIONS = {
    "CreateDBClusterSnapshot": create,
    "DescribeDBClusterSnapshots": describe,
    "DeleteDBClusterSnapshot": delete,
}
