"""Private zones: a VPC resolves one zone of a name, and is associated and disassociated as Route 53 does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.ec2.models import ec2_backends
from moto.route53.models import Route53Backend
from moto.route53.responses import Route53

from ..errors import AwsError
from .steps import Steps


def wrap(steps: Steps) -> None:
    def create(original: Callable[..., Any], response: Any) -> Any:
        """Moto takes the VPC only of a zone that says it is private; Route 53 has no other VPCs."""
        vpc = response._get_param("VPC.VPCId")
        if vpc is None and response._get_bool_param("HostedZoneConfig.PrivateZone", False):
            raise AwsError("InvalidInput", "A private hosted zone needs a VPC")
        if vpc is not None:
            _check(response.backend, f"{response._get_param('Name').rstrip('.')}.", vpc, response)
        return original(response)

    def associate(original: Callable[..., Any], response: Any) -> Any:
        zone = response.backend.get_hosted_zone(response._get_param("HostedZoneId"))
        if zone.private_zone:
            _check(response.backend, zone.name, response._get_param("VPC.VPCId"), response)
        return original(response)

    def disassociate(original: Callable[..., Any], backend: Any, zone_id: str, vpcid: str) -> Any:
        zone = backend.get_hosted_zone(zone_id)
        if all(each["vpc_id"] != vpcid for each in zone.vpcs):
            message = f"The VPC {vpcid} is not associated with the hosted zone"
            raise AwsError("VPCAssociationNotFound", message, 404)
        return original(backend, zone_id, vpcid)

    steps.wrap(Route53, "create_hosted_zone", create)
    steps.wrap(Route53, "associate_vpc_with_hosted_zone", associate)
    steps.wrap(Route53Backend, "disassociate_vpc_from_hosted_zone", disassociate)


def _check(backend: Any, name: str, vpc: str, response: Any) -> None:
    """A VPC that exists, and that resolves no other zone of this name."""
    region = response._get_param("VPC.VPCRegion")
    if vpc not in ec2_backends[backend.account_id][region].vpcs:
        raise AwsError("InvalidVPCId", f"The VPC {vpc} in region {region} does not exist")
    for zone in backend.zones.values():
        if zone.name == name and any(each["vpc_id"] == vpc for each in zone.vpcs):
            message = f"The VPC {vpc} in region {region} has already been associated with the hosted zone {zone.id}"
            raise AwsError("ConflictingDomainExists", f"{message} with the same domain name.")
