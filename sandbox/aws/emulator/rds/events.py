"""What happened to instances and clusters, as DescribeEvents shows it."""

from __future__ import annotations

from typing import Any

from .. import event_list
from ..credentials import Principal
from .errors import instance_not_found
from .state import Region


def describe_events(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name, kind = params.get("SourceIdentifier", "").lower(), params.get("SourceType")
    if name and not _has(region, name):
        if kind == "db-instance" and name not in region.instances and name not in region.neptune.nodes:
            raise instance_not_found(name)
        if kind == "db-cluster":
            region.neptune.cluster(name)
    return event_list.page(region.events, region.clock.now(), params)


def _has(region: Region, name: str) -> bool:
    return any(event["SourceIdentifier"] == name for event in region.events)


OPERATIONS = {"DescribeEvents": describe_events}
