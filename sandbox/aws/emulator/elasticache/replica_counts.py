"""Adding and removing replicas of a replication group."""

from __future__ import annotations

from typing import Any

from ..credentials import Principal
from ..refusals import invalid_combination, invalid_value
from . import group_checks, transitions
from .group_changes import MODIFY_SECONDS
from .groups import described, member, place, require_available
from .state import Region


def increase_replica_count(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    return _resize(region, params, "IncreaseReplicaCount")


def decrease_replica_count(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    return _resize(region, params, "DecreaseReplicaCount")


def _resize(region: Region, params: dict[str, Any], operation: str) -> dict[str, Any]:
    group_checks.only(params, {"ReplicationGroupId", "NewReplicaCount", "ApplyImmediately"}, operation)
    group = region.group(params["ReplicationGroupId"])
    require_available(group)
    if not params["ApplyImmediately"]:
        raise invalid_value("ApplyImmediately must be true.")
    if "NewReplicaCount" not in params:
        raise invalid_combination("NewReplicaCount must be given.")
    wanted, current = params["NewReplicaCount"] + 1, len(group.data["MemberClusters"])
    if wanted == current or (wanted > current) != operation.startswith("Increase"):
        raise invalid_value(f"The new number of replicas, {wanted - 1}, is invalid: there are {current - 1}.")
    group_checks.nodes(wanted, group.data["AutomaticFailover"] == "enabled", group.data["MultiAZ"] == "enabled")
    group.data["MemberClusters"] = [member(group.name, number) for number in range(1, wanted + 1)]
    place(region, group)
    transitions.after(region, group, "modifying", MODIFY_SECONDS)
    return {"ReplicationGroup": described(region, group)}


OPERATIONS = {
    "IncreaseReplicaCount": increase_replica_count,
    "DecreaseReplicaCount": decrease_replica_count,
}
