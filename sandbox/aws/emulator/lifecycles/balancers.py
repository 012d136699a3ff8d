"""Network load balancers have their own form of ARN and name, and interfaces that keep their subnets from deletion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.elbv2.models import ELBv2Backend

from .steps import Steps


def wrap(steps: Steps) -> None:
    def create(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
        balancer = original(backend, *args, **kwargs)
        if balancer.type == "network":
            _rename(backend, balancer)
            _connect(backend.ec2_backend, balancer)
        return balancer

    def delete(original: Callable[..., Any], backend: Any, arn: str) -> Any:
        for interface in getattr(backend.load_balancers.get(arn), "interfaces", []):
            backend.ec2_backend.enis.pop(interface, None)
        return original(backend, arn)

    steps.wrap(ELBv2Backend, "create_load_balancer", create)
    steps.wrap(ELBv2Backend, "delete_load_balancer", delete)


def _rename(backend: Any, balancer: Any) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html"""
    moto_arn = balancer.arn
    balancer.arn = moto_arn.replace(":loadbalancer/app/", ":loadbalancer/net/")
    identifier = moto_arn.rpartition("/")[2]
    balancer.dns_name = f"{balancer.name}-{identifier}.elb.{backend.region_name}.amazonaws.com"
    backend.load_balancers[balancer.arn] = backend.load_balancers.pop(moto_arn)
    tagging = backend.tagging_service
    tagging.tag_resource(balancer.arn, tagging.list_tags_for_resource(moto_arn)["Tags"])
    tagging.delete_all_tags_for_resource(moto_arn)


def _connect(ec2: Any, balancer: Any) -> None:
    about = f"ELB {balancer.arn.partition(':loadbalancer/')[2]}"
    made = [ec2.create_network_interface(subnet, [], description=about) for subnet in balancer.subnets]
    for interface in made:
        interface.status = "in-use"
    balancer.interfaces = [interface.id for interface in made]
