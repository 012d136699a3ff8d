"""NAT gateways take time, keep their address until they are gone, and stay visible for an hour after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import iso_8601_datetime_with_milliseconds, utcnow
from moto.ec2.models import EC2Backend
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.responses.nat_gateways import NatGateways
from moto.ec2.utils import add_tag_specification, generic_filter, random_nat_gateway_id

from ..errors import AwsError
from .steps import Steps

CREATE_SECONDS = 100
FAIL_SECONDS = 10
DELETE_SECONDS = 60
VISIBLE_SECONDS = 3600

# What moto filters by itself.
OWN_FILTERS = ("nat-gateway-id", "vpc-id", "subnet-id", "state")


class RegionalNatGateway(TaggedEC2Resource):
    """A gateway over all zones of a VPC: in no subnet, with addresses that AWS adds by itself."""

    availability_mode = "regional"
    connectivity_type = "public"
    subnet_id = None

    def __init__(self, backend: Any, vpc_id: str, tags: dict[str, str]) -> None:
        self.id = random_nat_gateway_id()
        self.ec2_backend = backend
        self.vpc_id = vpc_id
        self.state = "available"
        self.nat_gateway_addresses: list[dict[str, Any]] = []
        self.create_time = iso_8601_datetime_with_milliseconds(utcnow())
        self.add_tags(tags)


def wrap(steps: Steps) -> None:
    def begin(backend: Any, gateway: Any) -> Any:
        attached = [each for each in backend.internet_gateways.values() if each.vpc and each.vpc.id == gateway.vpc_id]
        if attached:
            steps.through(gateway, "state", "pending", (CREATE_SECONDS, "available"))
            return gateway
        gateway.state = "pending"
        steps.after(FAIL_SECONDS, lambda: _fail(backend, gateway))
        steps.after(FAIL_SECONDS + VISIBLE_SECONDS, lambda: backend.nat_gateways.pop(gateway.id, None) and None)
        return gateway

    def create(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
        gateway = original(backend, *args, **kwargs)
        gateway.availability_mode = "zonal"
        gateway._eni.status = "in-use"
        return begin(backend, gateway)

    def answer(original: Callable[..., Any], response: Any) -> Any:
        """Moto does not know the regional mode, nor which members a request must have."""
        subnet, vpc = response._get_param("SubnetId"), response._get_param("VpcId")
        if response._get_param("AvailabilityMode") != "regional":
            if not subnet:
                raise AwsError("MissingParameter", "The request must contain the parameter SubnetId")
            public = response._get_param("ConnectivityType") != "private"
            if public and not response._get_param("AllocationId"):
                raise AwsError("MissingParameter", "The request must contain the parameter AllocationId")
            return original(response)
        if subnet or not vpc:
            raise AwsError("InvalidParameter", "A regional NAT gateway takes a VpcId, and no SubnetId")
        backend = response.ec2_backend
        backend.get_vpc(vpc)
        tags = add_tag_specification(response._get_param("TagSpecifications", []))
        gateway = RegionalNatGateway(backend, vpc, tags)
        backend.nat_gateways[gateway.id] = gateway
        return ActionResult({"NatGateway": begin(backend, gateway)})

    def describe(original: Callable[..., Any], backend: Any, filters: Any, nat_gateway_ids: list[str] | None) -> Any:
        for identifier in nat_gateway_ids or []:
            if identifier not in backend.nat_gateways:
                raise AwsError("NatGatewayNotFound", f"NatGateway {identifier} was not found")
        own = {name: values for name, values in (filters or {}).items() if name in OWN_FILTERS}
        others = {name: values for name, values in (filters or {}).items() if name not in OWN_FILTERS}
        return generic_filter(others, original(backend, own, nat_gateway_ids))

    def delete(original: Callable[..., Any], backend: Any, nat_gateway_id: str) -> Any:
        gateway = backend.nat_gateways.get(nat_gateway_id)
        if gateway is None:
            raise AwsError("NatGatewayNotFound", f"NatGateway {nat_gateway_id} was not found")
        if gateway.state in ("deleting", "deleted"):
            return gateway
        original(backend, nat_gateway_id)
        gateway.state = "deleting"
        steps.after(DELETE_SECONDS, lambda: _gone(backend, gateway))
        steps.after(DELETE_SECONDS + VISIBLE_SECONDS, lambda: backend.nat_gateways.pop(nat_gateway_id, None) and None)
        return gateway

    steps.wrap(NatGateways, "create_nat_gateway", answer)
    steps.wrap(EC2Backend, "create_nat_gateway", create)
    steps.wrap(EC2Backend, "describe_nat_gateways", describe)
    steps.wrap(EC2Backend, "delete_nat_gateway", delete)


def _fail(backend: Any, gateway: Any) -> None:
    if gateway.state != "pending":
        return
    _let_go(backend, gateway)
    gateway.state = "failed"
    gateway.failure_code = "Gateway.NotAttached"
    gateway.failure_message = f"Network {gateway.vpc_id} has no Internet gateway attached"


def _gone(backend: Any, gateway: Any) -> None:
    _let_go(backend, gateway)
    gateway.state = "deleted"


def _let_go(backend: Any, gateway: Any) -> None:
    """Only now can its Elastic IP be released and its subnet be deleted."""
    interface = getattr(gateway, "_eni", None)
    if interface is None:
        return
    for address in list(backend.addresses):
        if address.eni is not None and address.eni.id == interface.id:
            address.eni = None
            address.association_id = None
            address.instance = None
    backend.enis.pop(interface.id, None)
