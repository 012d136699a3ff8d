"""What happened to instances, as DescribeEvents shows it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from .. import marker
from ..credentials import Principal
from .errors import instance_not_found
from .state import Region

DEFAULT_MINUTES = 60


def describe_events(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name, kind = params.get("SourceIdentifier"), params.get("SourceType")
    if name and kind == "db-instance" and name.lower() not in region.instances and not _has(region, name):
        raise instance_not_found(name)
    since = params.get("StartTime", region.clock.now() - timedelta(minutes=params.get("Duration", DEFAULT_MINUTES)))
    found = [
        event
        for event in region.events
        if event["Date"] >= since
        and (kind is None or event["SourceType"] == kind)
        and (name is None or event["SourceIdentifier"] == name.lower())
    ]
    return marker.page("Events", found, params)


def _has(region: Region, name: str) -> bool:
    return any(event["SourceIdentifier"] == name.lower() for event in region.events)


OPERATIONS = {"DescribeEvents": describe_events}
