"""Kubernetes versions EKS offers here: the control plane's own, and the one before."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ..credentials import Principal
from .errors import invalid_parameter
from .paging import page
from .state import Region

FALLBACK = "1.37"
RELEASED = datetime(2026, 9, 1, tzinfo=UTC)


def default(region: Region) -> str:
    return region.plane.kubernetes_version if region.plane else FALLBACK


def supported(region: Region) -> list[str]:
    newest = default(region)
    return [newest, f"1.{minor(newest) - 1}"]


def minor(version: str) -> int:
    return int(version.split(".")[1])


def check(region: Region, version: str) -> None:
    if version not in supported(region):
        raise invalid_parameter(f"unsupported Kubernetes version {version}; supported: {', '.join(supported(region))}")


def describe_cluster_versions(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    wanted = params.get("clusterVersions")
    status = params.get("versionStatus") or (params.get("status") or "").upper().replace("-", "_")
    items = []
    for index, version in enumerate(supported(region)):
        if (wanted and version not in wanted) or (params.get("defaultOnly") and index):
            continue
        if status and status != "STANDARD_SUPPORT":
            continue
        items.append(_information(version, index))
    return page("clusterVersions", items, params)


def _information(version: str, age: int) -> dict[str, Any]:
    released = RELEASED.replace(month=RELEASED.month - 4 * age)
    return {
        "clusterVersion": version,
        "clusterType": "eks",
        "defaultPlatformVersion": "eks.1",
        "defaultVersion": age == 0,
        "releaseDate": released,
        "endOfStandardSupportDate": released.replace(year=released.year + 1),
        "endOfExtendedSupportDate": released.replace(year=released.year + 2),
        "status": "standard-support",
        "versionStatus": "STANDARD_SUPPORT",
        "kubernetesPatchVersion": f"{version}.0",
    }


OPERATIONS = {"DescribeClusterVersions": describe_cluster_versions}
