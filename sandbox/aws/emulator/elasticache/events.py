"""What happened to replication groups, as DescribeEvents shows it."""

from __future__ import annotations

from typing import Any

from .. import event_list
from ..credentials import Principal
from .state import Region


def describe_events(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    return event_list.page(region.events, region.clock.now(), params)


OPERATIONS = {"DescribeEvents": describe_events}
