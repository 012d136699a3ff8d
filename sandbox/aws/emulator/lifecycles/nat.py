"""NAT gateways take time, keep their address until they are gone, and stay visible for an hour after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.ec2.models import EC2Backend

from ..errors import AwsError
from .steps import Steps

CREATE_SECONDS = 100
DELETE_SECONDS = 60
VISIBLE_SECONDS = 3600


def wrap(steps: Steps) -> None:
    def create(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
        gateway = original(backend, *args, **kwargs)
        steps.through(gateway, "state", "pending", (CREATE_SECONDS, "available"))
        return gateway

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

    steps.wrap(EC2Backend, "create_nat_gateway", create)
    steps.wrap(EC2Backend, "delete_nat_gateway", delete)


def _gone(backend: Any, gateway: Any) -> None:
    gateway.state = "deleted"
    # Only now can its Elastic IP be released and its subnet be deleted.
    for address in list(backend.addresses):
        if address.eni is not None and address.eni.id == gateway._eni.id:
            address.eni = None
            address.association_id = None
            address.instance = None
    backend.enis.pop(gateway._eni.id, None)
