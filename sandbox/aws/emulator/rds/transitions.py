"""Statuses over AWS's time; an instance does not leave one before its server has done the work."""

from __future__ import annotations

from collections.abc import Callable

from .state import Instance

BACKUP_SECONDS = 60
# How often a server that takes longer than AWS is looked at again, in real seconds.
POLL_SECONDS = 0.1
_DONE = {"creating": "created", "rebooting": "restarted"}


def after(instance: Instance, status: str, seconds: float, finish: Callable[[], None]) -> None:
    """Sets `status` and calls `finish` after `seconds`, if the status is still this one. A broken server: `failed`."""
    instance.data["DBInstanceStatus"] = status

    def end() -> None:
        if instance.status != status:
            return
        server = instance.server
        if server and server.jobs.busy:
            clock = instance.region.clock
            instance.region.timeline.after(POLL_SECONDS * clock.scale, end)
        elif server and server.jobs.failed and status != "deleting":
            instance.data["DBInstanceStatus"] = "failed"
            done = _DONE.get(status, "changed")
            instance.region.tell(instance, "failure", f"The server of the DB instance could not be {done}")
        else:
            finish()

    instance.region.timeline.after(seconds, end)


def become_available(instance: Instance) -> None:
    instance.data["DBInstanceStatus"] = "available"


def back_up(instance: Instance) -> None:
    """The first automated backup follows at once where backups are on."""
    if instance.data["BackupRetentionPeriod"] > 0:
        instance.region.tell(instance, "backup", "Backing up DB instance")
        after(instance, "backing-up", BACKUP_SECONDS, lambda: _backed_up(instance))
    else:
        become_available(instance)


def _backed_up(instance: Instance) -> None:
    instance.region.tell(instance, "backup", "Finished DB Instance backup")
    become_available(instance)


def created(instance: Instance) -> None:
    instance.region.tell(instance, "creation", "DB instance created")
    back_up(instance)
