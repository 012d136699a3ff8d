"""VPC peering takes time, is accepted in the other region, and is listed for hours after its end.

https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-lifecycle
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import EC2Backend
from moto.ec2.models.vpc_peering_connections import VPCPeeringConnection
from moto.ec2.responses.vpc_peering_connections import VPCPeeringConnections

from ..errors import AwsError
from .steps import Steps

REQUEST_SECONDS = 3
PROVISION_SECONDS = 10
DELETE_SECONDS = 10
EXPIRE_SECONDS = 7 * 24 * 3600
FAILED_SECONDS = 2 * 3600
EXPIRED_SECONDS = 2 * 24 * 3600

LIVE = ("initiating-request", "pending-acceptance", "provisioning", "active")
OVERLAP = "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range"


def wrap(steps: Steps) -> None:
    def create(original: Callable[..., Any], backend: Any, vpc: Any, peer_vpc: Any, tags: Any = None) -> Any:
        if any(between(each) == {vpc.id, peer_vpc.id} and each.code in LIVE for each in backend.vpc_pcxs.values()):
            message = "A VPC peering connection between the VPCs already exists"
            raise AwsError("VpcPeeringConnectionAlreadyExists", message)
        connection = original(backend, vpc, peer_vpc, tags)
        sides = [backend, peer_vpc.ec2_backend]
        if ipaddress.ip_network(vpc.cidr_block).overlaps(ipaddress.ip_network(peer_vpc.cidr_block)):
            connection.code, connection.message = "failed", OVERLAP
            steps.after(FAILED_SECONDS, _forgotten(connection, sides))
            return connection
        steps.through(connection, "code", "initiating-request", (REQUEST_SECONDS, "pending-acceptance"))
        steps.after(EXPIRE_SECONDS, lambda: _expire(steps, connection, sides))
        return connection

    def accept(original: Callable[..., Any], backend: Any, vpc_pcx_id: str) -> Any:
        connection = backend.get_vpc_peering_connection(vpc_pcx_id)
        if connection.code != "pending-acceptance":
            raise _wrong_state(connection)
        # It checks who accepts, and where.
        original(backend, vpc_pcx_id)
        steps.through(connection, "code", "provisioning", (PROVISION_SECONDS, "active"))
        return connection

    def delete(original: Callable[..., Any], backend: Any, vpc_pcx_id: str) -> Any:
        connection = backend.get_vpc_peering_connection(vpc_pcx_id)
        is_requester = connection.vpc.ec2_backend is backend
        if connection.code != "active" and not (connection.code == "pending-acceptance" and is_requester):
            raise _wrong_state(connection)
        steps.through(connection, "code", "deleting", (DELETE_SECONDS, "deleted"))
        sides = [connection.vpc.ec2_backend, connection.peer_vpc.ec2_backend]
        steps.after(DELETE_SECONDS + FAILED_SECONDS, _forgotten(connection, sides))
        return connection

    def describe(_: Callable[..., Any], response: Any) -> Any:
        """Moto knows no filters of connections."""
        backend = response.ec2_backend
        identifiers = response._get_param("VpcPeeringConnectionIds", [])
        for identifier in identifiers:
            backend.get_vpc_peering_connection(identifier)
        found = [each for each in backend.vpc_pcxs.values() if not identifiers or each.id in identifiers]
        for name, values in response._filters_from_querystring().items():
            found = [each for each in found if _fits(each, name, values)]
        return ActionResult({"VpcPeeringConnections": found})

    def known(_: Callable[..., Any], backend: Any, vpc_pcx_id: str) -> Any:
        """Moto spells the code otherwise."""
        if vpc_pcx_id not in backend.vpc_pcxs:
            message = f"The vpcPeeringConnection ID '{vpc_pcx_id}' does not exist"
            raise AwsError("InvalidVpcPeeringConnectionID.NotFound", message)
        return backend.vpc_pcxs[vpc_pcx_id]

    steps.wrap(EC2Backend, "get_vpc_peering_connection", known)
    steps.wrap(EC2Backend, "create_vpc_peering_connection", create)
    steps.wrap(EC2Backend, "accept_vpc_peering_connection", accept)
    steps.wrap(EC2Backend, "delete_vpc_peering_connection", delete)
    steps.wrap(VPCPeeringConnections, "describe_vpc_peering_connections", describe)
    VPCPeeringConnection.code = property(  # type: ignore[attr-defined]
        lambda self: self._status.code, lambda self, code: _show(self, code)
    )
    VPCPeeringConnection.message = property(  # type: ignore[attr-defined]
        lambda self: self._status.message, lambda self, message: setattr(self._status, "message", message)
    )


def _show(connection: Any, code: str) -> None:
    words = {"pending-acceptance": f"Pending Acceptance by {connection.peer_vpc.owner_id}"}
    connection._status.code = code
    connection._status.message = words.get(code, code.replace("-", " ").capitalize())


def between(connection: Any) -> set[str]:
    """The ids of the two VPCs."""
    return {connection.vpc.id, connection.peer_vpc.id}


def _fits(connection: Any, name: str, values: list[str]) -> bool:
    side, _, part = name.partition("-vpc-info.")
    if part:
        vpc = {"requester": connection.vpc, "accepter": connection.peer_vpc}[side]
        return {"vpc-id": vpc.id, "owner-id": vpc.owner_id, "cidr-block": vpc.cidr_block}[part] in values
    known = {
        "status-code": connection.code,
        "status-message": connection.message,
        "vpc-peering-connection-id": connection.id,
    }
    actual = known[name] if name in known else connection.get_filter_value(name)
    return any(each in values for each in (actual if isinstance(actual, list) else [actual]))


def _expire(steps: Steps, connection: Any, sides: list[Any]) -> None:
    if connection.code == "pending-acceptance":
        connection.code = "expired"
        steps.after(EXPIRED_SECONDS, _forgotten(connection, sides))


def _forgotten(connection: Any, sides: list[Any]) -> Callable[[], None]:
    def forget() -> None:
        for backend in sides:
            backend.vpc_pcxs.pop(connection.id, None)

    return forget


def _wrong_state(connection: Any) -> AwsError:
    message = f"VPC peering connection {connection.id} is in the state {connection.code}"
    return AwsError("InvalidStateTransition", message)
