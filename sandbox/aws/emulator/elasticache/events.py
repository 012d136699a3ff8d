"""What happened to replication groups, as DescribeEvents shows it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from .. import marker
from ..credentials import Principal
from .state import Region

DEFAULT_MINUTES = 60


def describe_events(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name, kind = params.get("SourceIdentifier"), params.get("SourceType")
    since = params.get("StartTime", region.clock.now() - timedelta(minutes=params.get("Duration", DEFAULT_MINUTES)))
    found = [
        event
        for event in region.events
        if event["Date"] >= since
        and (kind is None or event["SourceType"] == kind)
        and (name is None or event["SourceIdentifier"] == name.lower())
    ]
    return marker.page("Events", found, params)


OPERATIONS = {"DescribeEvents": describe_events}
