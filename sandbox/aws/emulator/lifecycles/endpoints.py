"""VPC endpoints take time, change their routes, and are gone a minute after they were deleted."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from moto.core.base_backend import BaseBackend
from moto.ec2.models import EC2Backend
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.ec2.models.vpcs import AWS_ENDPOINT_SERVICES, VPCBackend
from moto.ec2.responses.vpcs import VPCs

from ..errors import AwsError
from .steps import Steps

CREATE_SECONDS = 90
DELETE_SECONDS = 60

GATEWAY_SERVICES = ("s3", "dynamodb")


def wrap(steps: Steps) -> None:
    def create(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
        wanted = {name: kwargs.get(name) for name in ("vpc_id", "service_name", "endpoint_type", "route_table_ids")}
        interface = (wanted["endpoint_type"] or "").lower() == "interface"
        if interface and kwargs.get("private_dns_enabled"):
            _check_private_dns(backend, wanted["vpc_id"], wanted["service_name"])
        for table in wanted["route_table_ids"] or []:
            _check_route(backend, table, wanted["service_name"])
        endpoint = original(backend, *args, **kwargs)
        endpoint.vpc_endpoint_type = endpoint.vpc_endpoint_type or "Gateway"
        for identifier in endpoint.network_interface_ids:
            backend.enis[identifier].status = "in-use"
        if interface:
            steps.through(endpoint, "state", "pending", (CREATE_SECONDS, "available"))
        else:
            endpoint.private_dns_enabled = False
        return endpoint

    def delete(original: Callable[..., Any], backend: Any, vpce_ids: list[str] | None = None) -> Any:
        for identifier in vpce_ids or []:
            endpoint = backend.vpc_end_points.get(identifier)
            if endpoint is not None and endpoint.state not in ("deleting", "deleted"):
                _set_routes(backend, endpoint, [])
                endpoint.state = "deleting"
                steps.after(DELETE_SECONDS, _end(backend, endpoint))

    def change(original: Callable[..., Any], response: Any) -> Any:
        """Moto changes the list of route tables, but no route, and does not know the member for private DNS."""
        endpoint = response.ec2_backend.vpc_end_points.get(response._get_param("VpcEndpointId"))
        answer = original(response)
        _set_routes(response.ec2_backend, endpoint, endpoint.route_table_ids)
        private = response._get_bool_param("PrivateDnsEnabled")
        if private is not None:
            endpoint.private_dns_enabled = private
        return answer

    VPCBackend._collect_default_endpoint_services = staticmethod(_offered)  # type: ignore[assignment, method-assign]
    steps.wrap(EC2Backend, "create_vpc_endpoint", create)
    steps.wrap(EC2Backend, "delete_vpc_endpoints", delete)
    steps.wrap(VPCs, "modify_vpc_endpoint", change)


@cache
def _offered(account_id: str, region: str) -> list[dict[str, Any]]:
    """The services of a region. Moto asks the backends of services that this emulator does not have."""
    zones = [zone.name for zone in RegionsAndZonesBackend.zones.get(region, [])]
    make = BaseBackend.default_vpc_endpoint_service_factory
    interfaces = [each for name in AWS_ENDPOINT_SERVICES for each in make(region, zones, name)]
    gateways = [each for name in GATEWAY_SERVICES for each in make(region, zones, name, "Gateway")]
    return [*interfaces, *gateways]


def _living(backend: Any, service: str) -> list[Any]:
    endpoints = backend.vpc_end_points.values()
    return [each for each in endpoints if each.service_name == service and each.state not in ("deleting", "deleted")]


def _check_private_dns(backend: Any, vpc_id: str, service: str) -> None:
    vpc = backend.get_vpc(vpc_id)
    if not (vpc.enable_dns_support and vpc.enable_dns_hostnames):
        message = "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames set to true for the VPC"
        raise AwsError("InvalidParameter", message)
    if any(each.vpc_id == vpc_id and each.private_dns_enabled for each in _living(backend, service)):
        message = "private-dns-enabled cannot be set because there is already a conflicting DNS domain in the VPC"
        raise AwsError("InvalidParameter", message)


def _check_route(backend: Any, table_id: str, service: str) -> None:
    backend.get_route_table(table_id)
    if any(table_id in (each.route_table_ids or []) for each in _living(backend, service)):
        raise AwsError("RouteAlreadyExists", f"route table {table_id} already has a route to {service}")


def _set_routes(backend: Any, endpoint: Any, tables: list[str]) -> None:
    """Gateway endpoints have a route in each of their tables."""
    prefix = endpoint.destination_prefix_list_id
    if prefix is None:
        return
    for table in backend.route_tables.values():
        identifier = f"{table.id}~{prefix}"
        if table.id not in tables:
            table._routes.pop(identifier, None)
        elif identifier not in table._routes:
            backend.create_route(table.id, None, gateway_id=endpoint.id, destination_prefix_list_id=prefix)


def _end(backend: Any, endpoint: Any) -> Callable[[], None]:
    def end() -> None:
        for interface in endpoint.network_interface_ids:
            backend.enis.pop(interface, None)
        backend.vpc_end_points.pop(endpoint.id, None)

    return end
