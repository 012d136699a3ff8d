"""What EKS looks up in, and puts into, the VPC and IAM: all in moto's backends."""

from __future__ import annotations

import secrets
from typing import Any

from moto.core.exceptions import ServiceException
from moto.ec2.models import ec2_backends

from .. import identity
from .errors import invalid_parameter, unsupported_zone
from .state import Cluster, Region

# https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
WITHOUT_CONTROL_PLANES = ("use1-az3", "usw1-az2", "cac1-az3")


def subnets(region: Region, identifiers: list[str]) -> list[Any]:
    backend = ec2_backends[region.account][region.name]
    known = {subnet.id: subnet for group in backend.subnets.values() for subnet in group.values()}
    missing = [identifier for identifier in identifiers if identifier not in known]
    if missing:
        raise invalid_parameter(f"The subnet ID '{missing[0]}' does not exist")
    found = [known[identifier] for identifier in identifiers]
    if len({subnet.vpc_id for subnet in found}) > 1:
        raise invalid_parameter("Subnets specified must belong to the same VPC.")
    return found


def free_addresses(region: Region, identifiers: list[str]) -> int:
    backend = ec2_backends[region.account][region.name]
    known = [subnet for group in backend.subnets.values() for subnet in group.values() if subnet.id in identifiers]
    return sum(subnet.available_ip_address_count for subnet in known)


def check_cluster_subnets(region: Region, identifiers: list[str]) -> list[Any]:
    if not identifiers:
        raise invalid_parameter("subnetIds: at least two subnets are required.")
    found = subnets(region, identifiers)
    if len({subnet.availability_zone for subnet in found}) < 2:
        raise invalid_parameter("Subnets specified must be in at least two different AZs")
    for subnet in found:
        if subnet.availability_zone_id in WITHOUT_CONTROL_PLANES:
            raise unsupported_zone(subnet.availability_zone, control_plane_zones(region))
    return found


def control_plane_zones(region: Region) -> list[str]:
    zones = ec2_backends[region.account][region.name].describe_availability_zones()
    return sorted(zone.name for zone in zones if zone.zone_id not in WITHOUT_CONTROL_PLANES)


def check_zones(found: list[Any], zones: frozenset[str]) -> None:
    """EKS adds no zone to a cluster: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html"""
    strange = sorted({subnet.availability_zone for subnet in found} - zones)
    if strange:
        asked = ", ".join(strange)
        raise invalid_parameter(f"Provided subnets belong to AZs that the cluster was not created with: {asked}")


def check_security_groups(region: Region, identifiers: list[str]) -> None:
    backend = ec2_backends[region.account][region.name]
    known = {group for groups in backend.groups.values() for group in groups}
    for identifier in identifiers:
        if identifier not in known:
            raise invalid_parameter(f"The security group '{identifier}' does not exist")


def check_role(region: Region, arn: str, service: str, member: str) -> None:
    """The role must be there and let the service assume it."""
    role = identity.find_role(region.account, arn)
    if role is None:
        raise invalid_parameter(f"{member}: Role with arn: {arn}, could not be assumed because it does not exist.")
    if not identity.trusts(role, "Service", {service}):
        raise invalid_parameter(
            f"{member}: Following required service principals [{service}] were not found in the trust relationships of "
            f"Role with arn: {arn}"
        )


def create_cluster_parts(region: Region, name: str, found: list[Any]) -> tuple[str, list[str]]:
    """The cluster's security group and the control plane's network interfaces, which keep subnets from deletion."""
    backend = ec2_backends[region.account][region.name]
    tags = {f"kubernetes.io/cluster/{name}": "owned", "aws:eks:cluster-name": name}
    group = backend.create_security_group(
        f"eks-cluster-sg-{name}-{secrets.randbelow(10**9):09d}",
        "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as any "
        "managed workloads.",
        found[0].vpc_id,
        tags=tags,
    )
    group.add_tags(tags)
    return group.id, _interfaces(region, name, group.id, found)


def _interfaces(region: Region, name: str, group: str, found: list[Any]) -> list[str]:
    backend = ec2_backends[region.account][region.name]
    interfaces = [
        backend.create_network_interface(subnet, [], group_ids=[group], description=f"Amazon EKS {name}").id
        for subnet in found[:2]
    ]
    for interface in interfaces:
        backend.enis[interface].status = "in-use"
    return interfaces


def move_interfaces(region: Region, cluster: Cluster, found: list[Any]) -> None:
    """The control plane leaves the subnets that it had."""
    backend = ec2_backends[region.account][region.name]
    for interface in cluster.interfaces:
        backend.enis.pop(interface, None)
    cluster.interfaces = _interfaces(region, cluster.name, cluster.security_group, found)


def delete_cluster_parts(region: Region, group: str, interfaces: list[str]) -> None:
    backend = ec2_backends[region.account][region.name]
    for interface in interfaces:
        backend.enis.pop(interface, None)
    try:
        backend.delete_security_group(group_id=group)
    except ServiceException:
        # Somebody refers to it; AWS leaves it behind as well.
        return
