"""Tags of everything that ElastiCache has an ARN for."""

from __future__ import annotations

from typing import Any

from .. import tag_list
from ..credentials import Principal
from ..refusals import refusal
from .state import Region


def add_tags_to_resource(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    tags = find(region, params["ResourceName"])
    tags.update(tag_list.read(params["Tags"], tags))
    return {"TagList": tag_list.shown(tags)}


def remove_tags_from_resource(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    tags = find(region, params["ResourceName"])
    for key in params["TagKeys"]:
        tags.pop(key, None)
    return {"TagList": tag_list.shown(tags)}


def list_tags_for_resource(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    return {"TagList": tag_list.shown(find(region, params["ResourceName"]))}


def is_clusters(arn: str) -> bool:
    parts = arn.split(":")
    return len(parts) == 7 and parts[5] == "cluster"


def find(region: Region, arn: str) -> dict[str, str]:
    parts = arn.split(":")
    if len(parts) != 7 or parts[3] != region.name or parts[4] != region.account:
        raise refusal("elasticache", "InvalidARNFault", f"Invalid resource name: {arn}")
    finders: dict[str, Any] = {
        "replicationgroup": region.group,
        "user": region.user,
        "usergroup": region.user_group,
        "subnetgroup": region.subnet_group,
        "parametergroup": region.parameter_group,
        "snapshot": region.snapshot,
    }
    if parts[5] not in finders:
        raise refusal("elasticache", "InvalidARNFault", f"Invalid resource name: {arn}")
    tags: dict[str, str] = finders[parts[5]](parts[6]).tags
    return tags


OPERATIONS = {
    "AddTagsToResource": add_tags_to_resource,
    "RemoveTagsFromResource": remove_tags_from_resource,
    "ListTagsForResource": list_tags_for_resource,
}
