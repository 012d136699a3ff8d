"""Network load balancers as EKS Auto Mode makes them for Services: in moto, known by their tags."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends

from .state import Cluster, Region

# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSLoadBalancingPolicy.html
CLUSTER_TAG = "eks:eks-cluster-name"
STACK_TAG = "service.eks.amazonaws.com/stack"
RESOURCE_TAG = "service.eks.amazonaws.com/resource"
# https://docs.aws.amazon.com/eks/latest/userguide/tag-subnets-auto.html
SUBNET_TAGS = {"internet-facing": "kubernetes.io/role/elb", "internal": "kubernetes.io/role/internal-elb"}


class NoSubnets(Exception):
    """The cluster's VPC has no subnets for such a load balancer."""


@dataclass(frozen=True)
class Port:
    port: int
    # TCP or UDP.
    protocol: str
    # Address and port of each pod that is ready.
    targets: frozenset[tuple[str, int]]


@dataclass(frozen=True)
class Wanted:
    """What a Service asks for. `stack` is its NAMESPACE/NAME."""

    stack: str
    scheme: str
    ports: tuple[Port, ...]


def ensure(region: Region, cluster: Cluster, wanted: Wanted) -> str:
    """Makes it, or changes what is there. Returns its host name."""
    backend = elbv2_backends[region.account][region.name]
    balancer = _find(region, cluster, wanted.stack)
    if balancer is not None and balancer.scheme != wanted.scheme:
        # The scheme of a load balancer cannot be changed.
        remove(region, cluster, wanted.stack)
        balancer = None
    if balancer is None:
        balancer = backend.create_load_balancer(
            _name(cluster, wanted.stack),
            [],
            _subnets(region, cluster, wanted.scheme),
            scheme=wanted.scheme,
            loadbalancer_type="network",
            tags=_tags(cluster, wanted.stack, "LoadBalancer"),
        )
    _listen(region, cluster, balancer, wanted)
    return str(balancer.dns_name)


def remove(region: Region, cluster: Cluster, stack: str) -> None:
    backend = elbv2_backends[region.account][region.name]
    balancer = _find(region, cluster, stack)
    if balancer is not None:
        backend.delete_load_balancer(balancer.arn)
    for group in _groups(region, cluster, stack).values():
        backend.delete_target_group(group.arn)


def _find(region: Region, cluster: Cluster, stack: str) -> Any:
    backend = elbv2_backends[region.account][region.name]
    own = {CLUSTER_TAG: cluster.name, STACK_TAG: stack}.items()
    tags_of = backend.tagging_service.get_tag_dict_for_resource
    return next((each for each in backend.load_balancers.values() if own <= tags_of(each.arn).items()), None)


def _groups(region: Region, cluster: Cluster, stack: str) -> dict[str, Any]:
    """Its target groups, by what they are for."""
    backend = elbv2_backends[region.account][region.name]
    own = {CLUSTER_TAG: cluster.name, STACK_TAG: stack}.items()
    tagged = [
        (backend.tagging_service.get_tag_dict_for_resource(group.arn), group)
        for group in backend.target_groups.values()
    ]
    return {tags[RESOURCE_TAG]: group for tags, group in tagged if own <= tags.items()}


def _listen(region: Region, cluster: Cluster, balancer: Any, wanted: Wanted) -> None:
    """One listener and one target group for each port."""
    backend = elbv2_backends[region.account][region.name]
    groups = _groups(region, cluster, wanted.stack)
    resources = {f"{wanted.stack}:{port.port}/{port.protocol}": port for port in wanted.ports}
    for resource, group in groups.items():
        if resource not in resources:
            for arn, listener in list(balancer.listeners.items()):
                if any(group.arn == action.data.get("targetGroupArn") for action in listener.default_actions):
                    del balancer.listeners[arn]
            backend.delete_target_group(group.arn)
    for resource, port in resources.items():
        group = groups.get(resource)
        if group is None:
            group = backend.create_target_group(
                _name(cluster, wanted.stack, resource),
                vpc_id=balancer.vpc_id,
                protocol=port.protocol,
                # The port of targets that are registered without one; none is.
                port="1",
                target_type="ip",
                tags=_tags(cluster, wanted.stack, resource),
            )
            forward = {"type": "forward", "targetGroupArn": group.arn}
            tags = _tags(cluster, wanted.stack, resource)
            backend.create_listener(balancer.arn, port.protocol, str(port.port), "", None, [forward], tags=tags)
        group.targets.clear()
        for address, number in sorted(port.targets):
            group.targets[address] = {"Id": address, "Port": number}


def _subnets(region: Region, cluster: Cluster, scheme: str) -> list[str]:
    """One in each zone."""
    vpc = cluster.data["resourcesVpcConfig"]["vpcId"]
    chosen: dict[str, str] = {}
    for by_zone in ec2_backends[region.account][region.name].subnets.values():
        for subnet in sorted(by_zone.values(), key=lambda each: each.id):
            tags = {tag["key"]: tag["value"] for tag in subnet.get_tags()}
            if subnet.vpc_id == vpc and tags.get(SUBNET_TAGS[scheme]) in ("", "1"):
                chosen.setdefault(subnet.availability_zone, subnet.id)
    if not chosen:
        raise NoSubnets(f"unable to resolve at least one subnet with the tag {SUBNET_TAGS[scheme]}")
    return [chosen[zone] for zone in sorted(chosen)]


def _name(cluster: Cluster, stack: str, resource: str = "") -> str:
    namespace, name = (re.sub(r"[^a-z0-9]", "", part)[:8] for part in stack.split("/"))
    digest = hashlib.sha256(f"{cluster.name} {stack} {resource}".encode()).hexdigest()[:10]
    return f"k8s-{namespace}-{name}-{digest}"


def _tags(cluster: Cluster, stack: str, resource: str) -> list[dict[str, str]]:
    tags = {CLUSTER_TAG: cluster.name, STACK_TAG: stack, RESOURCE_TAG: resource}
    return [{"Key": key, "Value": value} for key, value in tags.items()]
