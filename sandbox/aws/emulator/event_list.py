"""DescribeEvents, the same in RDS and ElastiCache."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from . import marker

DEFAULT_MINUTES = 60


def page(events: Sequence[dict[str, Any]], now: datetime, params: dict[str, Any]) -> dict[str, Any]:
    """The events of the asked time, kind and name."""
    name, kind = params.get("SourceIdentifier"), params.get("SourceType")
    since = params.get("StartTime", now - timedelta(minutes=params.get("Duration", DEFAULT_MINUTES)))
    found = [
        event
        for event in events
        if event["Date"] >= since
        and (kind is None or event["SourceType"] == kind)
        and (name is None or event["SourceIdentifier"] == name.lower())
    ]
    return marker.page("Events", found, params)
