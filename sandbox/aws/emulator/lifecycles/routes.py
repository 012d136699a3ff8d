"""Routes to what is gone are blackholes, and no route leads to what cannot be used; moto keeps them active."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.route_tables import Route

from ..errors import AwsError
from .peering import LIVE, between
from .steps import Steps


def wrap(steps: Steps) -> None:
    def leading(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
        asked = inspect.signature(original).bind(backend, *args, **kwargs).arguments
        identifier = asked.get("nat_gateway_id")
        if identifier is not None:
            _check_nat_gateway(backend, identifier, asked["route_table_id"])
        connection = asked.get("vpc_peering_connection_id")
        if connection is not None:
            _check_peering(backend, connection, asked["route_table_id"])
        return original(backend, *args, **kwargs)

    steps.wrap(EC2Backend, "create_route", leading)
    steps.wrap(EC2Backend, "replace_route", leading)
    Route.state = property(_state)  # type: ignore[assignment, method-assign]


def _check_nat_gateway(backend: Any, identifier: str, table_id: str) -> None:
    gateway = backend.nat_gateways.get(identifier)
    if gateway is None or gateway.state in ("failed", "deleting", "deleted"):
        raise AwsError("InvalidNatGatewayID.NotFound", f"The natGateway ID '{identifier}' does not exist")
    if gateway.vpc_id != backend.get_route_table(table_id).vpc_id:
        message = f"route table {table_id} and network gateway {identifier} belong to different networks"
        raise AwsError("InvalidParameterValue", message)


def _check_peering(backend: Any, identifier: str, table_id: str) -> None:
    connection = backend.get_vpc_peering_connection(identifier)
    own = backend.get_route_table(table_id).vpc_id
    if connection.code not in LIVE or own not in between(connection):
        message = f"The vpcPeeringConnection ID '{identifier}' does not exist"
        raise AwsError("InvalidVpcPeeringConnectionID.NotFound", message)


def _state(route: Any) -> str:
    backend = route.route_table.ec2_backend
    nat, gateway, interface = route.nat_gateway, route.gateway, route.interface
    dead = (
        (nat is not None and nat.state in ("deleted", "failed"))
        or (gateway is not None and gateway.id.startswith("igw-") and not _is_attached(backend, gateway))
        or (route.vpc_pcx is not None and route.vpc_pcx.code != "active")
        or (interface is not None and interface.id not in backend.enis)
    )
    return "blackhole" if dead else "active"


def _is_attached(backend: Any, gateway: Any) -> bool:
    return gateway.id in backend.internet_gateways and gateway.vpc is not None
