"""Snapshots of instances: base backups of their data, and instances restored from one."""

from __future__ import annotations

import shutil
from typing import Any

from .. import marker, tag_list
from ..credentials import Principal
from . import checks, parameters, transitions
from .described import described
from .errors import instance_exists, snapshot_exists, wrong_state
from .instances import CREATE_SECONDS, add, common
from .parameter_groups import default_group
from .state import Instance, Region, Snapshot
from .versions import family

SNAPSHOT_SECONDS = 60
COPIED = (
    "Engine",
    "EngineVersion",
    "AllocatedStorage",
    "MasterUsername",
    "LicenseModel",
    "StorageType",
    "DbiResourceId",
)


def check_name(name: str) -> None:
    checks.identifier(name, "DBSnapshotIdentifier")


def record(region: Region, instance: Instance, name: str, status: str, tags: dict[str, str] | None = None) -> Snapshot:
    data = {
        "DBSnapshotIdentifier": name.lower(),
        "DBSnapshotArn": region.arn("snapshot", name.lower()),
        "DBInstanceIdentifier": instance.name,
        "SnapshotCreateTime": region.clock.now(),
        "OriginalSnapshotCreateTime": region.clock.now(),
        "InstanceCreateTime": instance.data["InstanceCreateTime"],
        "SnapshotType": "manual",
        "Status": status,
        "PercentProgress": 0,
        "Port": instance.data["Endpoint"]["Port"],
        "AvailabilityZone": instance.data["AvailabilityZone"],
        "Encrypted": instance.data["StorageEncrypted"],
        "IAMDatabaseAuthenticationEnabled": instance.data["IAMDatabaseAuthenticationEnabled"],
        **{member: instance.data[member] for member in (*COPIED, "KmsKeyId") if member in instance.data},
    }
    copied = dict(instance.tags) if instance.data["CopyTagsToSnapshot"] else {}
    snapshot = Snapshot(data, {**copied, **(tags or {})})
    region.snapshots[name.lower()] = snapshot
    return snapshot


def create_db_snapshot(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    instance, name = region.instance(params["DBInstanceIdentifier"]), params["DBSnapshotIdentifier"]
    check_name(name)
    if name.lower() in region.snapshots:
        raise snapshot_exists(name)
    instance.require_available()
    snapshot = record(region, instance, name, "creating", tag_list.read(params.get("Tags")))
    if instance.server:
        place, server = region.servers.snapshot(), instance.server.server
        snapshot.place, snapshot.server = place, server
        instance.server.jobs.add(lambda: server.backup(place))

    def finish() -> None:
        snapshot.data.update(Status="available", PercentProgress=100)
        transitions.become_available(instance)

    transitions.after(instance, "backing-up", SNAPSHOT_SECONDS, finish)
    return {"DBSnapshot": _described(snapshot)}


def _described(snapshot: Snapshot) -> dict[str, Any]:
    return {**snapshot.data, "TagList": tag_list.shown(snapshot.tags)}


def describe_db_snapshots(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name, of = params.get("DBSnapshotIdentifier"), params.get("DBInstanceIdentifier", "").lower()
    found = [region.snapshot(name.rpartition(":")[2])] if name else list(region.snapshots.values())
    shown = [_described(snapshot) for snapshot in found if not of or snapshot.data["DBInstanceIdentifier"] == of]
    return marker.page("DBSnapshots", shown, params)


def delete_db_snapshot(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    snapshot = region.snapshot(params["DBSnapshotIdentifier"])
    if snapshot.data["Status"] != "available":
        raise wrong_state(f"Cannot delete the snapshot: it is {snapshot.data['Status']}.")
    del region.snapshots[snapshot.data["DBSnapshotIdentifier"]]
    if snapshot.place:
        shutil.rmtree(snapshot.place, ignore_errors=True)
    return {"DBSnapshot": {**_described(snapshot), "Status": "deleted"}}


def restore_db_instance_from_db_snapshot(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name = checks.identifier(params["DBInstanceIdentifier"])
    if name in region.instances:
        raise instance_exists()
    snapshot = region.snapshot(params["DBSnapshotIdentifier"].rpartition(":")[2])
    if snapshot.data["Status"] != "available":
        raise wrong_state(f"Cannot restore the snapshot: it is {snapshot.data['Status']}.")
    checks.values(params)
    version = snapshot.data["EngineVersion"]
    given = params.get("DBParameterGroupName")
    group = checks.fits(region.group(given), version) if given else default_group(region, family(version))
    data = {
        **common(region, name, params),
        **{member: snapshot.data[member] for member in (*COPIED, "KmsKeyId") if member in snapshot.data},
        "DBInstanceClass": params.get("DBInstanceClass", "db.t4g.medium"),
        "BackupRetentionPeriod": params.get("BackupRetentionPeriod", 1),
        "StorageEncrypted": snapshot.data["Encrypted"],
    }
    instance = add(region, Instance(data, region, group, tag_list.read(params.get("Tags"))), params)
    if instance.server and snapshot.place and snapshot.server:
        server, place, origin = instance.server.server, snapshot.place, snapshot.server
        settings = parameters.load(instance)
        instance.server.jobs.add(lambda: server.restore(place, origin, settings))
    transitions.after(instance, "creating", CREATE_SECONDS, lambda: transitions.back_up(instance))
    return {"DBInstance": described(instance)}


OPERATIONS = {
    "CreateDBSnapshot": create_db_snapshot,
    "DescribeDBSnapshots": describe_db_snapshots,
    "DeleteDBSnapshot": delete_db_snapshot,
    "RestoreDBInstanceFromDBSnapshot": restore_db_instance_from_db_snapshot,
}
