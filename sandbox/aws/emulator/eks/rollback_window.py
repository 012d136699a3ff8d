"""Until when, and to what, a cluster can be rolled back.

https://docs.aws.amazon.com/eks/latest/userguide/rollback-cluster.html
"""

from __future__ import annotations

from . import versions
from .errors import invalid_request
from .state import Cluster, Region

SECONDS = 7 * 24 * 60 * 60


def opened(region: Region, cluster: Cluster) -> None:
    """The upgrade to the cluster's version has ended."""
    cluster.upgraded_at = region.clock.elapsed()


def target(region: Region, cluster: Cluster) -> str | None:
    """The version to which the cluster can be rolled back; None if it cannot."""
    if cluster.upgraded_at is None or region.clock.elapsed() - cluster.upgraded_at > SECONDS:
        return None
    return f"1.{versions.minor(cluster.data['version']) - 1}"


def check(region: Region, cluster: Cluster, version: str) -> None:
    """What `force` does not override."""
    members = {"clusterName": cluster.name}
    if cluster.upgraded_at is None:
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
