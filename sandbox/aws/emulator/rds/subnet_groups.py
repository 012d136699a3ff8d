"""DB subnet groups of RDS and Neptune, kept in moto's backend, where clusters of other engines look for them."""

from __future__ import annotations

import re
from typing import Any

from moto.ec2.models import ec2_backends

from .. import marker, tag_list
from ..credentials import Principal
from ..errors import AwsError
from ..refusals import invalid_value, refusal
from .errors import subnet_group_not_found
from .state import Region

NAME = re.compile(r"[a-z0-9 ._-]{1,255}")


def create_db_subnet_group(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name = params["DBSubnetGroupName"].lower()
    if not NAME.fullmatch(name) or name == "default":
        raise invalid_value("The parameter DBSubnetGroupName is not a valid identifier.")
    if name in region.moto.subnet_groups:
        message = f"The DB subnet group '{name}' already exists."
        raise refusal("rds", "DBSubnetGroupAlreadyExistsFault", message)
    subnets = _subnets(region, params["SubnetIds"])
    tags = tag_list.shown(tag_list.read(params.get("Tags")))
    region.moto.create_subnet_group(name, params["DBSubnetGroupDescription"], subnets, tags)
    return {"DBSubnetGroup": described(region, name)}


def _subnets(region: Region, identifiers: list[str]) -> list[Any]:
    backend = ec2_backends[region.account][region.name]
    known = {subnet.id: subnet for zones in backend.subnets.values() for subnet in zones.values()}
    unknown = [identifier for identifier in identifiers if identifier not in known]
    if unknown:
        raise _invalid_subnet(f"Some input subnets in :{unknown} are invalid.")
    found = [known[identifier] for identifier in identifiers]
    if len({subnet.vpc_id for subnet in found}) > 1:
        raise _invalid_subnet("The specified subnets are in different VPCs.")
    if len({subnet.availability_zone for subnet in found}) < 2:
        message = (
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ coverage: "
            f"{found[0].availability_zone}. Add subnets to cover at least 2 AZs."
        )
        raise refusal("rds", "DBSubnetGroupDoesNotCoverEnoughAZs", message)
    return found


def _invalid_subnet(message: str) -> AwsError:
    return refusal("rds", "InvalidSubnet", message)


def find(region: Region, name: str) -> Any:
    group = region.moto.subnet_groups.get(name.lower())
    if group is None:
        raise subnet_group_not_found(name)
    return group


def described(region: Region, name: str) -> dict[str, Any]:
    group = find(region, name)
    return {
        "DBSubnetGroupName": group.name,
        "DBSubnetGroupDescription": group.description,
        "VpcId": group.vpc_id,
        "SubnetGroupStatus": "Complete",
        "Subnets": [
            {
                "SubnetIdentifier": subnet.id,
                "SubnetAvailabilityZone": {"Name": subnet.availability_zone},
                "SubnetOutpost": {},
                "SubnetStatus": "Active",
            }
            for subnet in group._subnets
        ],
        "DBSubnetGroupArn": region.arn("subgrp", group.name),
        "SupportedNetworkTypes": ["IPV4"],
    }


def describe_db_subnet_groups(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    name = params.get("DBSubnetGroupName")
    names = [name] if name else sorted(region.moto.subnet_groups)
    return marker.page("DBSubnetGroups", [described(region, each) for each in names], params)


def modify_db_subnet_group(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    group = find(region, params["DBSubnetGroupName"])
    subnets = _subnets(region, params["SubnetIds"])
    if subnets[0].vpc_id != group.vpc_id:
        raise _invalid_subnet("The specified subnets are not in the VPC of the DB subnet group.")
    lost = {subnet.id for subnet in group._subnets} - {subnet.id for subnet in subnets}
    if lost & _occupied(region, group.name):
        message = "Some of the subnets to be deleted are currently in use, cannot continue"
        raise refusal("rds", "SubnetAlreadyInUse", message)
    group.subnets = subnets
    group.description = params.get("DBSubnetGroupDescription", group.description)
    return {"DBSubnetGroup": described(region, group.name)}


def _occupied(region: Region, group: str) -> set[str]:
    enis = ec2_backends[region.account][region.name].enis
    nodes = [node for node in region.neptune.nodes.values() if node.cluster.subnet_group == group]
    own = [instance for instance in region.instances.values() if instance.subnet_group == group]
    used = [each.interface for each in (*own, *nodes) if each.interface in enis]
    return {enis[interface].subnet.id for interface in used}


def delete_db_subnet_group(region: Region, params: dict[str, Any], _: Principal) -> dict[str, Any]:
    group = find(region, params["DBSubnetGroupName"])
    own = [instance.name for instance in region.instances.values() if instance.subnet_group == group.name]
    graphs = [cluster.name for cluster in region.neptune.clusters.values() if cluster.subnet_group == group.name]
    others = [c.db_cluster_identifier for c in region.moto.clusters.values() if c.db_subnet_group_name == group.name]
    if own or graphs or others:
        user = [*own, *graphs, *others][0]
        message = f"Cannot delete the subnet group '{group.name}': the database instance {user} is still using it."
        raise refusal("rds", "InvalidDBSubnetGroupStateFault", message)
    region.moto.subnet_groups.pop(group.name)
    return {}


OPERATIONS = {
    "CreateDBSubnetGroup": create_db_subnet_group,
    "DescribeDBSubnetGroups": describe_db_subnet_groups,
    "ModifyDBSubnetGroup": modify_db_subnet_group,
    "DeleteDBSubnetGroup": delete_db_subnet_group,
}
