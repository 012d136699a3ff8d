"""Updates: the record every change of a running cluster, node group or add-on leaves."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ..credentials import Principal
from .errors import invalid_request, not_found
from .paging import page
from .state import Cluster, Region, new_id


def begin(
    region: Region,
    resource: Any,
    kind: str,
    params: dict[str, Any],
    seconds: float,
    finish: Callable[[], None] | None = None,
    problems: Callable[[], list[dict[str, Any]]] | None = None,
) -> dict[str, Any]:
    """Sets the resource UPDATING, and ACTIVE after `seconds`: after `finish`, or if there are `problems`."""
    update = announce(region, resource, kind, params)
    carry_out(region, resource, update, seconds, finish, problems)
    return update


def announce(region: Region, resource: Any, kind: str, params: dict[str, Any]) -> dict[str, Any]:
    """Records an update that does not change the resource yet."""
    update: dict[str, Any] = {
        "id": new_id(),
        "status": "InProgress",
        "type": kind,
        "params": [{"type": name, "value": _text(value)} for name, value in params.items()],
        "createdAt": region.clock.now(),
        "errors": [],
    }
    resource.updates[update["id"]] = update
    return update


def carry_out(
    region: Region,
    resource: Any,
    update: dict[str, Any],
    seconds: float,
    finish: Callable[[], None] | None = None,
    problems: Callable[[], list[dict[str, Any]]] | None = None,
) -> None:
    resource.data["status"] = "UPDATING"

    def end() -> None:
        if resource.data["status"] != "UPDATING":
            update["status"] = "Cancelled"
            return
        update["errors"] = problems() if problems else []
        if finish and not update["errors"]:
            finish()
        resource.data["status"] = "ACTIVE"
        resource.data["modifiedAt"] = region.clock.now()
        update["status"] = "Failed" if update["errors"] else "Successful"

    region.timeline.after(seconds, end)


def rolling_back(cluster: Cluster) -> bool:
    """Whether nodes of Auto Mode are replaced before the control plane is rolled back."""
    return any(update["status"] == "InProgress" and _is_rollback(update) for update in cluster.updates.values())


def cancel_update(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    """Possible while nodes of Auto Mode are replaced: https://docs.aws.amazon.com/eks/latest/APIReference/API_CancelUpdate.html"""
    cluster = region.cluster(params["name"])
    update = describe_update(region, params, _)["update"]
    if update["status"] != "InProgress" or not _is_rollback(update) or cluster.status == "UPDATING":
        raise invalid_request(f"Update {update['id']} cannot be cancelled", clusterName=cluster.name)
    update["status"] = "Cancelled"
    update["cancellation"] = {"status": "Successful", "reason": "Cancelled by the customer"}
    return {"update": update}


def _is_rollback(update: dict[str, Any]) -> bool:
    return update["type"] == "VersionRollback"


def describe_update(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    found = _holder(region, params).updates.get(params["updateId"])
    if found is None:
        raise not_found(f"No update found for ID: {params['updateId']}", clusterName=params["name"])
    return {"update": found}


def list_updates(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    return page("updateIds", list(_holder(region, params).updates), params)


def _holder(region: Region, params: dict[str, Any]) -> Any:
    cluster = region.cluster(params["name"])
    if params.get("nodegroupName"):
        return cluster.nodegroup(params["nodegroupName"])
    if params.get("addonName"):
        return cluster.addon(params["addonName"])
    if params.get("capabilityName"):
        return cluster.capability(params["capabilityName"])
    return cluster


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


OPERATIONS = {"CancelUpdate": cancel_update, "DescribeUpdate": describe_update, "ListUpdates": list_updates}
