"""Statuses over AWS's time; a group does not leave one before its server has done the work."""

from __future__ import annotations

from collections.abc import Callable

from .state import Group, Region

# How often a server that takes longer than AWS is looked at again, in real seconds.
POLL_SECONDS = 0.1


def after(region: Region, group: Group, status: str, seconds: float, finish: Callable[[], None] | None = None) -> None:
    """Sets `status`, and after `seconds` calls `finish`, or is available. A broken server: `create-failed`."""
    group.data["Status"] = status

    def end() -> None:
        if group.status != status:
            return
        if group.server and group.server.jobs.busy:
            region.timeline.after(POLL_SECONDS * region.clock.scale, end)
        elif group.server and group.server.jobs.failed and status != "deleting":
            group.data["Status"] = "create-failed"
            region.tell(group, f"Failed to create the nodes of replication group {group.name}")
        elif finish:
            finish()
        else:
            if status == "creating":
                region.tell(group, f"Replication group {group.name} created")
            group.data["Status"] = "available"

    region.timeline.after(seconds, end)
