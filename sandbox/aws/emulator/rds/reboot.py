"""Rebooting an instance, which loads the parameters that wait for it."""

from __future__ import annotations

from typing import Any

from ..credentials import Principal
from ..refusals import invalid_combination
from . import parameters, transitions
from .described import described
from .state import Region

REBOOT_SECONDS = 60


def reboot_db_instance(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    instance = region.instance(params["DBInstanceIdentifier"])
    instance.require_available()
    failover = params.get("ForceFailover", False)
    if failover and not instance.data["MultiAZ"]:
        raise invalid_combination("Cannot force a failover of an instance that is not Multi-AZ.")
    if failover:
        other = instance.data["SecondaryAvailabilityZone"]
        instance.data.update(AvailabilityZone=other, SecondaryAvailabilityZone=instance.data["AvailabilityZone"])
    # Parameters wait for a reboot without failover.
    settings = parameters.load(instance) if not failover else None
    if instance.server:
        server = instance.server.server
        instance.server.jobs.add(lambda: server.restart(settings))
    transitions.after(instance, "rebooting", REBOOT_SECONDS, lambda: transitions.become_available(instance))
    return {"DBInstance": described(instance)}


OPERATIONS = {"RebootDBInstance": reboot_db_instance}
