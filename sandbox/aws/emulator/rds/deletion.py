"""Deleting an instance, and the snapshot that it leaves."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends

from ..credentials import Principal
from ..refusals import invalid_combination
from . import automated_backups, master_secret, transitions
from .described import described
from .errors import snapshot_exists, wrong_state
from .replicas import detach
from .snapshots import check_name, record
from .state import Instance, Region

DELETE_SECONDS = 240
# These have no data that a snapshot could be made of.
BROKEN = ("failed", "incompatible-restore", "incompatible-network")


def delete_db_instance(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    instance = region.instance(params["DBInstanceIdentifier"])
    if instance.status == "deleting":
        raise wrong_state(f"Instance {instance.name} is already being deleted.")
    if instance.data["DeletionProtection"]:
        message = "Cannot delete protected DB Instance, please disable deletion protection and try again."
        raise invalid_combination(message)
    final = _final_snapshot(region, instance, params)
    for replica in list(instance.replicas):
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html: each becomes standalone.
        if replica.server:
            replica.server.jobs.add(replica.server.server.promote)
        detach(replica)
    snapshot = record(region, instance, final, "creating") if final else None
    if snapshot and instance.server:
        place, server = region.servers.snapshot(), instance.server.server
        snapshot.place, snapshot.server = place, server
        instance.server.jobs.add(lambda: server.keep(place))

    retained = None
    if not params.get("DeleteAutomatedBackups", True) and instance.data["BackupRetentionPeriod"]:
        retained = automated_backups.of(region, instance, "retained")

    def gone() -> None:
        if retained:
            region.retained_backups.append(retained)
        if snapshot:
            snapshot.data.update(Status="available", PercentProgress=100)
        _remove(region, instance)

    transitions.after(instance, "deleting", DELETE_SECONDS, gone)
    return {"DBInstance": described(instance)}


def _final_snapshot(region: Region, instance: Instance, params: dict[str, Any]) -> str | None:
    name, skip = params.get("FinalDBSnapshotIdentifier"), params.get("SkipFinalSnapshot", False)
    if name and instance.source:
        raise invalid_combination("FinalDBSnapshotIdentifier can not be specified when deleting a replica instance")
    if name and skip:
        raise invalid_combination("FinalDBSnapshotIdentifier can not be specified when SkipFinalSnapshot is true")
    if skip:
        return None
    if instance.source or not name:
        raise invalid_combination("FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.")
    if instance.status in BROKEN or instance.status == "creating":
        message = f"Instance {instance.name} is currently {instance.status} - a final snapshot cannot be taken."
        raise wrong_state(message)
    check_name(name)
    if name.lower() in region.snapshots:
        raise snapshot_exists(name)
    return str(name)


def _remove(region: Region, instance: Instance) -> None:
    detach(instance)
    master_secret.delete(instance)
    region.servers.remove(instance.server)
    if instance.interface:
        ec2_backends[region.account][region.name].enis.pop(instance.interface, None)
    region.instances.pop(instance.name, None)


OPERATIONS = {"DeleteDBInstance": delete_db_instance}
