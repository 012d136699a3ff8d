"""Operation name -> the function that answers it."""

from __future__ import annotations

from typing import Any

from ..clock import Clock, Timeline
from ..config import Config
from ..credentials import Principal
from ..kubernetes import Writer
from ..regional import Regions, operations_of
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

OPERATIONS = operations_of(
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


class Eks:
    def __init__(self, config: Config, clock: Clock, timeline: Timeline, writers: dict[str, Writer]) -> None:
        self._regions = Regions(
            lambda name: Region(
                name=name,
                account=config.account_id,
                clock=clock,
                timeline=timeline,
                plane=config.control_planes.get(name),
                writer=writers.get(name),
                authenticator=config.authenticator,
            )
        )

    def answer(self, region: str, operation: str, params: dict[str, Any], principal: Principal) -> dict[str, Any]:
        handler = OPERATIONS.get(operation)
        if handler is None:
            raise not_emulated(f"eks:{operation}")
        return handler(self._regions.of(region), params, principal)

    def region(self, name: str) -> Region:
        return self._regions.of(name)

    def reset(self) -> None:
        self._regions.reset()
