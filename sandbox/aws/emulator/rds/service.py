"""Operation name -> the function that answers it, or moto where the call is about Neptune."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..clock import Clock, Timeline
from ..config import Config
from ..credentials import Principal
from ..servers.service import Servers
from . import deletion, instances, modify, parameter_groups, reboot, replicas, snapshots, subnet_groups, tags, versions
from .state import Region

Operation = Callable[[Region, dict[str, Any], Principal], dict[str, Any]]
OPERATIONS: dict[str, Operation] = {}
for _module in (
    deletion,
    instances,
    modify,
    parameter_groups,
    reboot,
    replicas,
    snapshots,
    subnet_groups,
    tags,
    versions,
):
    OPERATIONS.update(_module.OPERATIONS)


class Rds:
    def __init__(self, config: Config, clock: Clock, timeline: Timeline, servers: Servers) -> None:
        self._config = config
        self._clock = clock
        self._timeline = timeline
        self._servers = servers
        self._regions: dict[str, Region] = {}

    def answer(self, name: str, operation: str, params: dict[str, Any], principal: Principal) -> dict[str, Any] | None:
        """None: moto answers."""
        region = self.region(name)
        handler = OPERATIONS.get(operation)
        if handler is None or _is_motos(region, params):
            return None
        return handler(region, params, principal)

    def region(self, name: str) -> Region:
        if name not in self._regions:
            self._regions[name] = Region(
                name=name,
                account=self._config.account_id,
                clock=self._clock,
                timeline=self._timeline,
                servers=self._servers,
                elsewhere=self.region,
            )
        return self._regions[name]

    def reset(self) -> None:
        self._regions.clear()


def _is_motos(region: Region, params: dict[str, Any]) -> bool:
    if params.get("Engine", "postgres") != "postgres":
        return True
    if "ResourceName" in params:
        arn = params["ResourceName"]
        kind, name = tags.kind_of(arn), arn.rpartition(":")[2]
        if kind not in ("db", "pg", "snapshot"):
            return True
        return (kind == "db" and name in region.moto.databases) or (kind == "pg" and _has_group(region, name))
    if not params.get("DBParameterGroupFamily", "postgres").startswith("postgres"):
        return True
    named = params.get("DBParameterGroupName", "")
    return params.get("DBInstanceIdentifier", "") in region.moto.databases or _has_group(region, named)


def _has_group(region: Region, name: str) -> bool:
    return name in region.moto.db_parameter_groups
