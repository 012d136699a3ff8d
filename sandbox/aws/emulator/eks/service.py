"""Operation name -> the function that answers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..clock import Clock, Timeline
from ..config import Config
from ..credentials import Principal
from ..kubernetes import Writer
from ..upstream import not_emulated
from . import (
    access_entries,
    access_policies,
    addon_catalog,
    addons,
    capabilities,
    cluster_updates,
    clusters,
    encryption,
    insights,
    nodegroups,
    pod_identity,
    tags,
    updates,
    versions,
)
from .state import Region

Operation = Callable[[Region, dict[str, Any], Principal], dict[str, Any]]
OPERATIONS: dict[str, Operation] = {}
for _module in (
    access_entries,
    access_policies,
    addon_catalog,
    addons,
    capabilities,
    cluster_updates,
    clusters,
    encryption,
    insights,
    nodegroups,
    pod_identity,
    tags,
    updates,
    versions,
):
    OPERATIONS.update(_module.OPERATIONS)


class Eks:
    def __init__(self, config: Config, clock: Clock, timeline: Timeline, writers: dict[str, Writer]) -> None:
        self._config = config
        self._clock = clock
        self._timeline = timeline
        self._writers = writers
        self._regions: dict[str, Region] = {}

    def answer(self, region: str, operation: str, params: dict[str, Any], principal: Principal) -> dict[str, Any]:
        handler = OPERATIONS.get(operation)
        if handler is None:
            raise not_emulated(f"eks:{operation}")
        return handler(self.region(region), params, principal)

    def region(self, name: str) -> Region:
        if name not in self._regions:
            self._regions[name] = Region(
                name=name,
                account=self._config.account_id,
                clock=self._clock,
                timeline=self._timeline,
                plane=self._config.control_planes.get(name),
                writer=self._writers.get(name),
            )
        return self._regions[name]

    def reset(self) -> None:
        self._regions.clear()
