"""Insights: the sandbox finds none."""

from __future__ import annotations

from typing import Any

from ..credentials import Principal
from .errors import not_found
from .paging import page
from .state import Region


def list_insights(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    region.cluster(params["clusterName"])
    return page("insights", [], params)


def describe_insight(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    region.cluster(params["clusterName"])
    raise not_found(f"No insight found for ID: {params['id']}", clusterName=params["clusterName"])


OPERATIONS = {"ListInsights": list_insights, "DescribeInsight": describe_insight}
