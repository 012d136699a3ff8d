"""Tags of everything that RDS has an ARN for."""

from __future__ import annotations

from typing import Any

from .. import tag_list
from ..credentials import Principal
from ..errors import AwsError
from ..refusals import invalid_value
from .errors import group_not_found, instance_not_found, snapshot_not_found
from .state import Region

KINDS = ("db", "pg", "snapshot", "cluster", "cluster-pg", "cluster-snapshot")


def add_tags_to_resource(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    tags = find(region, params["ResourceName"])
    tags.update(tag_list.read(params["Tags"], tags))
    return {}


def remove_tags_from_resource(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    tags = find(region, params["ResourceName"])
    for key in params["TagKeys"]:
        tags.pop(key, None)
    return {}


def list_tags_for_resource(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    return {"TagList": tag_list.shown(find(region, params["ResourceName"]))}


def kind_of(arn: str) -> str:
    parts = arn.split(":")
    return parts[5] if len(parts) == 7 else ""


def find(region: Region, arn: str) -> dict[str, str]:
    parts = arn.split(":")
    if len(parts) != 7 or parts[3] != region.name or parts[4] != region.account:
        raise invalid_value(f"Invalid resource name: {arn}")
    kind, name = parts[5], parts[6]
    holders: dict[str, tuple[dict[str, Any], Any]] = {
        "db": ({**region.instances, **region.neptune.nodes}, instance_not_found),
        "pg": (region.groups, group_not_found),
        "snapshot": (region.snapshots, snapshot_not_found),
    }
    known, not_found = holders[kind] if kind in holders else (_of_neptune(region, kind), group_not_found)
    if name not in known:
        refused: AwsError = not_found(name)
        raise refused
    tags: dict[str, str] = known[name].tags
    return tags


def _of_neptune(region: Region, kind: str) -> dict[str, Any]:
    neptune = region.neptune
    holders: dict[str, dict[str, Any]] = {
        "cluster": neptune.clusters,
        "cluster-pg": neptune.groups,
        "cluster-snapshot": neptune.snapshots,
    }
    return holders[kind]


def is_neptunes(region: Region, kind: str, name: str) -> bool:
    return name in _of_neptune(region, kind)


OPERATIONS = {
    "AddTagsToResource": add_tags_to_resource,
    "RemoveTagsFromResource": remove_tags_from_resource,
    "ListTagsForResource": list_tags_for_resource,
}
