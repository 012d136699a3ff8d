"""Updates: the record every change of a running cluster, node group or add-on leaves."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ..credentials import Principal
from .errors import not_found
from .paging import page
from .state import Region, new_id


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
    update: dict[str, Any] = {
        "id": new_id(),
        "status": "InProgress",
        "type": kind,
        "params": [{"type": name, "value": _text(value)} for name, value in params.items()],
        "createdAt": region.clock.now(),
        "errors": [],
    }
    resource.updates[update["id"]] = update
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
    return update


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
    return cluster


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


OPERATIONS = {"DescribeUpdate": describe_update, "ListUpdates": list_updates}
