"""Dependencies in a VPC that moto forgets: AWS refuses to delete what is still in use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.ec2.models import EC2Backend

from ..errors import AwsError
from .peering import LIVE, between
from .steps import Steps


def wrap(steps: Steps) -> None:
    def delete_subnet(original: Callable[..., Any], backend: Any, subnet_id: str) -> Any:
        if any(eni.subnet.id == subnet_id for eni in backend.enis.values()):
            raise _in_use("subnet", subnet_id)
        return original(backend, subnet_id)

    def delete_vpc(original: Callable[..., Any], backend: Any, vpc_id: str) -> Any:
        attached = any(gateway.vpc and gateway.vpc.id == vpc_id for gateway in backend.internet_gateways.values())
        groups = [g for g in backend.groups.get(vpc_id, {}).values() if g.name != "default"]
        gateways = [g for g in backend.nat_gateways.values() if g.vpc_id == vpc_id and g.state != "deleted"]
        endpoints = [e for e in backend.vpc_end_points.values() if e.vpc_id == vpc_id]
        peered = any(vpc_id in between(each) and each.code in LIVE for each in backend.vpc_pcxs.values())
        if attached or groups or gateways or endpoints or peered:
            raise _in_use("vpc", vpc_id)
        return original(backend, vpc_id)

    def detach(original: Callable[..., Any], backend: Any, internet_gateway_id: str, vpc_id: str) -> Any:
        public = [a for a in backend.addresses if a.eni is not None and a.eni.subnet.vpc_id == vpc_id]
        if public:
            message = f"Network {vpc_id} has some mapped public address(es). Please unmap those before detaching"
            raise AwsError("DependencyViolation", message)
        return original(backend, internet_gateway_id, vpc_id)

    def release(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
        allocation = kwargs.get("allocation_id") or (args[1] if len(args) > 1 else None)
        for address in backend.addresses:
            if allocation and address.allocation_id == allocation and address.eni is not None:
                raise AwsError("InvalidIPAddress.InUse", f"Address {address.public_ip} is in use.")
        return original(backend, *args, **kwargs)

    def delete_group(original: Callable[..., Any], backend: Any, name: Any = None, group_id: Any = None) -> Any:
        if group_id is not None and _is_group_used(backend, group_id):
            raise AwsError("DependencyViolation", f"resource {group_id} has a dependent object")
        return original(backend, name, group_id)

    def delete_interface(original: Callable[..., Any], backend: Any, eni_id: str) -> Any:
        interface = backend.enis.get(eni_id)
        if interface is not None and interface.status != "available":
            raise AwsError("InvalidParameterValue", f"Network interface '{eni_id}' is currently in use.")
        return original(backend, eni_id)

    steps.wrap(EC2Backend, "delete_security_group", delete_group)
    steps.wrap(EC2Backend, "delete_network_interface", delete_interface)
    steps.wrap(EC2Backend, "delete_subnet", delete_subnet)
    steps.wrap(EC2Backend, "delete_vpc", delete_vpc)
    steps.wrap(EC2Backend, "detach_internet_gateway", detach)
    steps.wrap(EC2Backend, "release_address", release)


def _is_group_used(backend: Any, group_id: str) -> bool:
    """Whether an interface or an endpoint has it, or a rule of another group names it."""
    others = [g for groups in backend.groups.values() for g in groups.values() if g.id != group_id]
    rules = [rule for group in others for rule in [*group.ingress_rules, *group.egress_rules]]
    named = any(rule.source_group.get("GroupId") == group_id for rule in rules)
    held = any(group.id == group_id for eni in backend.enis.values() for group in eni.group_set)
    endpoints = any(group_id in (each.security_group_ids or []) for each in backend.vpc_end_points.values())
    return named or held or endpoints


def _in_use(kind: str, identifier: str) -> AwsError:
    message = f"The {kind} '{identifier}' has dependencies and cannot be deleted."
    return AwsError("DependencyViolation", message)
