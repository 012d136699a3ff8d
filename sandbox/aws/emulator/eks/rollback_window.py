"""Until when, and to what, a cluster can be rolled back.

https://docs.aws.amazon.com/eks/latest/userguide/rollback-cluster.html
"""

from __future__ import annotations

from . import versions
from .errors import invalid_request
from .state import Cluster, Region

SECONDS = 7 * 24 * 60 * 60


def opened(region: Region, cluster: Cluster, before: str) -> None:
    """The upgrade from this version has ended."""
    cluster.upgraded_from = (before, region.clock.elapsed())


def target(region: Region, cluster: Cluster) -> str | None:
    """The version to which the cluster can be rolled back; None if it cannot."""
    if cluster.upgraded_from is None:
        return None
    before, at = cluster.upgraded_from
    return before if region.clock.elapsed() - at <= SECONDS else None


def check(region: Region, cluster: Cluster, version: str) -> None:
    """What `force` does not override."""
    members = {"clusterName": cluster.name}
    if cluster.upgraded_from is None:
        raise invalid_request(
            f"Cluster '{cluster.name}' was not upgraded to its current version and cannot be rolled back", **members
        )
    if target(region, cluster) is None:
        raise invalid_request(
            f"Cluster '{cluster.name}' was upgraded more than 7 days ago and cannot be rolled back", **members
        )
    support = cluster.data["upgradePolicy"]["supportType"]
    if versions.is_extended(region, version) and support != "EXTENDED":
        raise invalid_request(
            f"Kubernetes {version} is in extended support: change the upgrade policy to EXTENDED first", **members
        )
