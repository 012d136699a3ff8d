"""Tags of everything EKS has an ARN for."""

from __future__ import annotations

from typing import Any

from ..credentials import Principal
from ..errors import AwsError
from .state import Region


def tag_resource(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    tags = _tags(region, params["resourceArn"])
    if any(key.lower().startswith("aws:") for key in params["tags"]):
        raise AwsError("BadRequestException", "aws: prefixed tag key names are not allowed for external use.", 400)
    if len({**tags, **params["tags"]}) > 50:
        raise AwsError("BadRequestException", "A resource can have up to 50 tags.", 400)
    tags.update(params["tags"])
    return {}


def untag_resource(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    tags = _tags(region, params["resourceArn"])
    for key in params["tagKeys"]:
        tags.pop(key, None)
    return {}


def list_tags_for_resource(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    return {"tags": dict(_tags(region, params["resourceArn"]))}


def _tags(region: Region, arn: str) -> dict[str, str]:
    for cluster in region.clusters.values():
        holders = [
            (cluster.data["arn"], cluster.data),
            *((group.data["nodegroupArn"], group.data) for group in cluster.nodegroups.values()),
            *((addon.data["addonArn"], addon.data) for addon in cluster.addons.values()),
            *((capability.data["arn"], capability.data) for capability in cluster.capabilities.values()),
            *((entry.data["accessEntryArn"], entry.data) for entry in cluster.entries.values()),
            *((data["associationArn"], data) for data in cluster.associations.values()),
        ]
        for known, data in holders:
            if known == arn:
                return data["tags"]
    raise AwsError("NotFoundException", f"Resource not found: {arn}", 404)


OPERATIONS = {
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTagsForResource": list_tags_for_resource,
}
