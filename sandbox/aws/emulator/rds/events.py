"""What happened to instances, as DescribeEvents shows it."""

from __future__ import annotations

from typing import Any

from .. import event_list
from ..credentials import Principal
from .errors import instance_not_found
from .state import Region


def describe_events(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name, kind = params.get("SourceIdentifier"), params.get("SourceType")
    if name and kind == "db-instance" and name.lower() not in region.instances and not _has(region, name):
        raise instance_not_found(name)
    return event_list.page(region.events, region.clock.now(), params)


def _has(region: Region, name: str) -> bool:
    return any(event["SourceIdentifier"] == name.lower() for event in region.events)


OPERATIONS = {"DescribeEvents": describe_events}
