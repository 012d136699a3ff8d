"""Kubernetes versions EKS offers here: the control plane's own and three before; the oldest has extended support."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ..credentials import Principal
from .errors import invalid_parameter
from .paging import page
from .state import Region

FALLBACK = "1.37"
RELEASED = datetime(2026, 9, 1, tzinfo=UTC)
# https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
BETWEEN = timedelta(days=122)
STANDARD = timedelta(days=14 * 30.4)
EXTENDED = timedelta(days=12 * 30.4)
OLDER = 3


def default(region: Region) -> str:
    return region.plane.kubernetes_version if region.plane else FALLBACK


def supported(region: Region) -> list[str]:
    newest = minor(default(region))
    return [f"1.{newest - age}" for age in range(OLDER + 1)]


def minor(version: str) -> int:
    return int(version.split(".")[1])


def is_extended(region: Region, version: str) -> bool:
    return version == supported(region)[-1]


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
        information = _information(version, index, "EXTENDED" if is_extended(region, version) else "STANDARD")
        if status in ("", information["versionStatus"]):
            items.append(information)
    return page("clusterVersions", items, params)


def _information(version: str, age: int, support: str) -> dict[str, Any]:
    released = RELEASED - BETWEEN * age
    return {
        "clusterVersion": version,
        "clusterType": "eks",
        "defaultPlatformVersion": "eks.1",
        "defaultVersion": age == 0,
        "releaseDate": released,
        "endOfStandardSupportDate": released + STANDARD,
        "endOfExtendedSupportDate": released + STANDARD + EXTENDED,
        "status": f"{support.lower()}-support",
        "versionStatus": f"{support}_SUPPORT",
        "kubernetesPatchVersion": f"{version}.0",
    }


OPERATIONS = {"DescribeClusterVersions": describe_cluster_versions}
