"""Operation name -> the function that answers it, or moto where the call is about another engine."""

from __future__ import annotations

from typing import Any

from ..clock import Clock, Timeline
from ..config import Config
from ..credentials import Principal
from ..neptune import service as neptune
from ..regional import Regions, operations_of
from ..servers.service import Servers
from . import (
    automated_backups,
    deletion,
    events,
    instances,
    modify,
    parameter_groups,
    reboot,
    replicas,
    snapshots,
    subnet_groups,
    tags,
    versions,
)
from .state import Region

OPERATIONS = operations_of(
    automated_backups,
    deletion,
    events,
    instances,
    modify,
    parameter_groups,
    reboot,
    replicas,
    snapshots,
    subnet_groups,
    tags,
    versions,
)


class Rds:
    def __init__(self, config: Config, clock: Clock, timeline: Timeline, servers: Servers) -> None:
        self._regions = Regions(
            lambda name: Region(
                name=name,
                account=config.account_id,
                clock=clock,
                timeline=timeline,
                servers=servers,
                elsewhere=self._regions.of,
            )
        )

    def answer(self, name: str, operation: str, params: dict[str, Any], principal: Principal) -> dict[str, Any] | None:
        """None: moto answers."""
        region = self._regions.of(name)
        if neptune.concerns(region, operation, params):
            return neptune.answer(region, operation, params, principal)
        handler = OPERATIONS.get(operation)
        if handler is None or _is_motos(region, params):
            return None
        return handler(region, params, principal)

    def reset(self) -> None:
        self._regions.reset()


def _is_motos(region: Region, params: dict[str, Any]) -> bool:
    if params.get("Engine", "postgres") not in ("postgres", "neptune"):
        return True
    if "ResourceName" in params:
        arn = params["ResourceName"]
        kind, name = tags.kind_of(arn), arn.rpartition(":")[2]
        if kind not in tags.KINDS:
            return True
        if kind.startswith("cluster"):
            return not tags.is_neptunes(region, kind, name)
        return (kind == "db" and name in region.moto.databases) or (kind == "pg" and _has_group(region, name))
    if not params.get("DBParameterGroupFamily", "postgres").startswith("postgres"):
        return True
    named = params.get("DBParameterGroupName", "")
    return params.get("DBInstanceIdentifier", "") in region.moto.databases or _has_group(region, named)


def _has_group(region: Region, name: str) -> bool:
    return name in region.moto.db_parameter_groups
