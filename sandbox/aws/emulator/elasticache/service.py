"""Operation name -> the function that answers it, or moto where the call is about a cluster outside a group."""

from __future__ import annotations

from typing import Any

from ..clock import Clock, Timeline
from ..config import Config
from ..credentials import Principal
from ..regional import Regions, operations_of
from ..servers.service import Servers
from . import (
    events,
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

OPERATIONS = operations_of(
    events,
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


class ElastiCache:
    def __init__(self, config: Config, clock: Clock, timeline: Timeline, servers: Servers) -> None:
        self._regions = Regions(
            lambda name: Region(
                name=name,
                account=config.account_id,
                clock=clock,
                timeline=timeline,
                servers=servers,
            )
        )

    def answer(self, name: str, operation: str, params: dict[str, Any], principal: Principal) -> dict[str, Any] | None:
        """None: moto answers."""
        region = self._regions.of(name)
        handler = OPERATIONS.get(operation)
        if handler is None or tags.is_clusters(params.get("ResourceName", "")):
            return None
        cluster = params.get("CacheClusterId")
        if cluster and members.group_of(region, cluster.lower()) is None:
            return None
        return handler(region, params, principal)

    def reset(self) -> None:
        self._regions.reset()
