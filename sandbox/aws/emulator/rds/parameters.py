"""What an instance has loaded of its parameter group, and what waits for a reboot."""

from __future__ import annotations

from .parameter_catalog import CATALOG, forces_tls, settings
from .state import Group, Instance, Region

APPLY_SECONDS = 30


def load(instance: Instance) -> dict[str, str]:
    """At a start: everything. Returns the server's configuration."""
    instance.loaded = {name: own["ParameterValue"] for name, own in instance.group.values.items()}
    instance.group_status = "in-sync"
    _tell_front(instance)
    return settings(instance.loaded)


def changed(region: Region, group: Group, names: list[str]) -> None:
    """Dynamic parameters are applied soon, unless the change asked for a reboot; static ones wait for it."""
    for instance in region.used_by(group):
        waits = [name for name in names if CATALOG[name].static or _method(group, name) == "pending-reboot"]
        if waits:
            instance.group_status = "pending-reboot"
        now = [name for name in names if name not in waits]
        if now and instance.group_status != "pending-reboot":
            instance.group_status = "applying"
        if now:
            region.timeline.after(APPLY_SECONDS, lambda instance=instance, now=now: _apply(instance, group, now))


def _method(group: Group, name: str) -> str:
    # A parameter that was reset has no method any more: dynamic ones take effect at once.
    return str(group.values[name]["ApplyMethod"]) if name in group.values else "immediate"


def _apply(instance: Instance, group: Group, names: list[str]) -> None:
    if instance.group is not group:
        return
    for name in names:
        value = group.value(name)
        if value is None:
            instance.loaded.pop(name, None)
        else:
            instance.loaded[name] = value
    if instance.group_status == "applying":
        instance.group_status = "in-sync"
    _tell_front(instance)
    if instance.server:
        given = settings(instance.loaded)
        server = instance.server.server
        instance.server.jobs.add(lambda: server.reload(given))


def _tell_front(instance: Instance) -> None:
    if instance.server:
        instance.server.needs_tls = forces_tls(instance.loaded)
