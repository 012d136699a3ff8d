"""Operation name -> the function that answers it, or moto where the call is about a cluster of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..clock import Clock, Timeline
from ..config import Config
from ..credentials import Principal
from ..servers.service import Servers
from . import (
    group_changes,
    group_creation,
    groups,
    members,
    parameter_groups,
    replica_counts,
    snapshots,
    subnet_groups,
    tags,
    user_groups,
    users,
)
from .state import Region

Operation = Callable[[Region, dict[str, Any], Principal], dict[str, Any]]
OPERATIONS: dict[str, Operation] = {}
for _module in (
    group_changes,
    group_creation,
    groups,
    members,
    parameter_groups,
    replica_counts,
    snapshots,
    subnet_groups,
    tags,
    user_groups,
    users,
):
    OPERATIONS.update(_module.OPERATIONS)


class ElastiCache:
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
        if handler is None or tags.is_clusters(params.get("ResourceName", "")):
            return None
        cluster = params.get("CacheClusterId")
        if cluster and members.group_of(region, cluster.lower()) is None:
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
            )
        return self._regions[name]

    def reset(self) -> None:
        self._regions.clear()
