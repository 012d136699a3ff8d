"""Accepted changes, applied over AWS's time: first the master password, then everything else."""

from __future__ import annotations

from . import transitions
from .parameter_groups import default_group
from .state import Asked, Instance
from .versions import family

PREPARE_SECONDS = 5
MODIFY_SECONDS = 90
PASSWORD_SECONDS = 30


def ask(instance: Instance, names: list[str], kept: str | None) -> None:
    """AWS still says available for a moment after the call; what comes meanwhile is a part of the same change."""
    asked = instance.asked
    if asked is None:
        asked = instance.asked = Asked()
        instance.region.timeline.after(PREPARE_SECONDS, lambda: _start(instance))
    asked.names.update(names)
    asked.verifier = kept or asked.verifier


def _start(instance: Instance) -> None:
    if instance.status == "deleting" or instance.asked is None:
        return
    if instance.status != "available":
        instance.region.timeline.after(PREPARE_SECONDS, lambda: _start(instance))
        return
    asked, instance.asked = instance.asked, None
    if asked.verifier:
        _change_password(instance, asked.verifier, asked.names)
    else:
        _modify(instance, asked.names)


def _modify(instance: Instance, names: set[str]) -> None:
    had_backups = instance.data["BackupRetentionPeriod"] > 0

    def finish() -> None:
        for name in names & set(instance.pending):
            instance.data[name] = instance.pending.pop(name)
        if instance.data["MultiAZ"]:
            instance.data.setdefault("SecondaryAvailabilityZone", f"{instance.region.name}b")
        else:
            instance.data.pop("SecondaryAvailabilityZone", None)
        _keep_family(instance)
        if had_backups:
            transitions.become_available(instance)
        else:
            transitions.back_up(instance)

    status = "upgrading" if "EngineVersion" in names else "modifying"
    transitions.after(instance, status, MODIFY_SECONDS, finish)


def _keep_family(instance: Instance) -> None:
    """After an upgrade to another major version, the group of the old one would not fit."""
    wanted = family(instance.data["EngineVersion"])
    if instance.group.data["DBParameterGroupFamily"] != wanted:
        instance.group = default_group(instance.region, wanted)
        instance.group_status = "pending-reboot"


def _change_password(instance: Instance, kept: str, others: set[str]) -> None:
    def finish() -> None:
        instance.pending.pop("MasterUserPassword", None)
        if others:
            _modify(instance, others)
        else:
            transitions.become_available(instance)

    if instance.server:
        server, role = instance.server.server, instance.data["MasterUsername"]
        instance.server.jobs.add(lambda: server.set_password(role, kept))
    transitions.after(instance, "resetting-master-credentials", PASSWORD_SECONDS, finish)
