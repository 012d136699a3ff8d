"""Insights: what EKS finds when it looks at a cluster.

They are what they were when EKS looked last. A test, or a person, can have one found in another status: see control.py.
"""

from __future__ import annotations

import uuid
from typing import Any

from ..credentials import Principal
from . import insight_checks
from .errors import not_found
from .paging import page
from .state import Cluster, Region

REFRESH_SECONDS = 60
# EKS looks by itself, too: https://docs.aws.amazon.com/eks/latest/userguide/cluster-insights.html
DAILY_SECONDS = 24 * 60 * 60
STATUSES = ("PASSING", "WARNING", "ERROR", "UNKNOWN")
SUMMARY = (
    "id",
    "name",
    "category",
    "kubernetesVersion",
    "lastRefreshTime",
    "lastTransitionTime",
    "description",
    "insightStatus",
)


def look(region: Region, cluster: Cluster) -> None:
    """Finds all insights again."""
    now = region.clock.now()
    found = {}
    for data in insight_checks.all_of(region, cluster):
        key = f"{cluster.data['arn']} {data['category']} {data['kubernetesVersion']} {data['name']}"
        identifier = str(uuid.uuid5(uuid.NAMESPACE_URL, key))
        status, reason = cluster.claimed_insights.get(data["name"], (None, None))
        if status:
            data["insightStatus"] = {"status": status, "reason": reason}
        before = cluster.insights.get(identifier, {})
        same = before.get("insightStatus", {}).get("status") == data["insightStatus"]["status"]
        changed = before["lastTransitionTime"] if same else now
        found[identifier] = {"id": identifier, **data, "lastRefreshTime": now, "lastTransitionTime": changed}
    cluster.insights = found


def look_daily(region: Region, cluster: Cluster) -> None:
    if region.clusters.get(cluster.name) is not cluster:
        return
    look(region, cluster)
    region.timeline.after(DAILY_SECONDS, lambda: look_daily(region, cluster))


def blocking(cluster: Cluster, category: str, version: str, statuses: set[str]) -> list[str]:
    """The names of the insights that EKS refuses a change of the version for."""
    return [
        data["name"]
        for data in cluster.insights.values()
        if data["category"] == category
        and version == data["kubernetesVersion"]
        and data["insightStatus"]["status"] in statuses
    ]


def list_insights(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    wanted = params.get("filter", {})
    members = {
        "categories": lambda data: data["category"],
        "kubernetesVersions": lambda data: data["kubernetesVersion"],
        "statuses": lambda data: data["insightStatus"]["status"],
    }
    found = [
        {member: data[member] for member in SUMMARY}
        for data in region.cluster(params["clusterName"]).insights.values()
        if all(value(data) in wanted[member] for member, value in members.items() if wanted.get(member))
    ]
    return page("insights", found, params)


def describe_insight(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    found = region.cluster(params["clusterName"]).insights.get(params["id"])
    if found is None:
        raise not_found(f"No insight found for ID: {params['id']}", clusterName=params["clusterName"])
    return {"insight": found}


def start_refresh(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    cluster = region.cluster(params["clusterName"])
    cluster.require_active()
    if cluster.refresh.get("status") != "IN_PROGRESS":
        refresh = {
            "status": "IN_PROGRESS",
            "message": "Insights refresh is in progress",
            "startedAt": region.clock.now(),
        }
        cluster.refresh = refresh

        def end() -> None:
            look(region, cluster)
            refresh.update(
                status="COMPLETED", message="Insights refresh completed successfully", endedAt=region.clock.now()
            )

        region.timeline.after(REFRESH_SECONDS, end)
    return {member: cluster.refresh[member] for member in ("message", "status")}


def describe_refresh(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    cluster = region.cluster(params["clusterName"])
    if not cluster.refresh:
        raise not_found(f"No insights refresh found for cluster: {cluster.name}.", clusterName=cluster.name)
    return dict(cluster.refresh)


OPERATIONS = {
    "ListInsights": list_insights,
    "DescribeInsight": describe_insight,
    "StartInsightsRefresh": start_refresh,
    "DescribeInsightsRefresh": describe_refresh,
}
