"""Cache subnet groups."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends

from .. import marker, tag_list
from ..credentials import Principal
from ..refusals import invalid_value
from .errors import invalid_subnet, subnet_group_exists, subnet_group_in_use
from .state import Region, SubnetGroup


def create_cache_subnet_group(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name = params["CacheSubnetGroupName"].lower()
    if name == "default" or len(name) > 255:
        raise invalid_value("The parameter CacheSubnetGroupName is not a valid identifier.")
    if name in region.subnet_groups:
        raise subnet_group_exists(name)
    data = {
        "CacheSubnetGroupName": name,
        "CacheSubnetGroupDescription": params["CacheSubnetGroupDescription"],
        "SupportedNetworkTypes": ["ipv4"],
        "ARN": region.arn("subnetgroup", name),
        **_subnets(region, params["SubnetIds"]),
    }
    region.subnet_groups[name] = SubnetGroup(data, tag_list.read(params.get("Tags")))
    return {"CacheSubnetGroup": data}


def _subnets(region: Region, identifiers: list[str]) -> dict[str, Any]:
    backend = ec2_backends[region.account][region.name]
    known = {subnet.id: subnet for zones in backend.subnets.values() for subnet in zones.values()}
    unknown = [identifier for identifier in identifiers if identifier not in known]
    if unknown or not identifiers:
        raise invalid_subnet(f"Some input subnets in :{unknown} are invalid.")
    found = [known[identifier] for identifier in identifiers]
    if len({subnet.vpc_id for subnet in found}) > 1:
        raise invalid_subnet("The specified subnets are in different VPCs.")
    shown = [
        {
            "SubnetIdentifier": subnet.id,
            "SubnetAvailabilityZone": {"Name": subnet.availability_zone},
            "SupportedNetworkTypes": ["ipv4"],
        }
        for subnet in found
    ]
    return {"VpcId": found[0].vpc_id, "Subnets": shown}


def describe_cache_subnet_groups(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name = params.get("CacheSubnetGroupName")
    found = [region.subnet_group(name)] if name else list(region.subnet_groups.values())
    return marker.page("CacheSubnetGroups", [group.data for group in found], params)


def modify_cache_subnet_group(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    group = region.subnet_group(params["CacheSubnetGroupName"])
    if "SubnetIds" in params:
        wanted = _subnets(region, params["SubnetIds"])
        if wanted["VpcId"] != group.data["VpcId"]:
            raise invalid_subnet("The specified subnets are not in the VPC of the cache subnet group.")
        group.data.update(wanted)
    description = params.get("CacheSubnetGroupDescription", group.data["CacheSubnetGroupDescription"])
    group.data["CacheSubnetGroupDescription"] = description
    return {"CacheSubnetGroup": group.data}


def delete_cache_subnet_group(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name = region.subnet_group(params["CacheSubnetGroupName"]).data["CacheSubnetGroupName"]
    if any(group.subnet_group == name for group in region.groups.values()):
        raise subnet_group_in_use(name)
    del region.subnet_groups[name]
    return {}


OPERATIONS = {
    "CreateCacheSubnetGroup": create_cache_subnet_group,
    "DescribeCacheSubnetGroups": describe_cache_subnet_groups,
    "ModifyCacheSubnetGroup": modify_cache_subnet_group,
    "DeleteCacheSubnetGroup": delete_cache_subnet_group,
}
