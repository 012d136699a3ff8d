"""The load balancers that EKS Auto Mode makes for Services."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError

from emulator.eks.service_balancers import FINALIZER, ServiceBalancers
from emulator.kubernetes import Unreachable

from .conftest import REGION, Sandbox

AUTO = {
    "computeConfig": {"enabled": True},
    "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": True}},
    "storageConfig": {"blockStorage": {"enabled": True}},
    "bootstrapSelfManagedAddons": False,
}
PATH = "/api/v1/namespaces/shop/services/web"


class Services:
    """An API server that has Services, and one EndpointSlice for all of them."""

    def __init__(self, *services: dict[str, Any]) -> None:
        self.items = list(services)
        self.addresses = ["10.9.0.7"]

    def read(self, path: str) -> dict[str, Any]:
        if path.startswith("/api/v1/services?"):
            return {"items": self.items}
        assert path.startswith("/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices?")
        endpoints = [{"addresses": [each], "conditions": {"ready": True}} for each in self.addresses]
        endpoints.append({"addresses": ["10.9.0.99"], "conditions": {"ready": False}})
        return {"items": [{"ports": [{"name": "http", "port": 8080}], "endpoints": endpoints}]}

    def merge(self, path: str, body: dict[str, Any]) -> None:
        (service,) = [each for each in self.items if path.startswith(f"/api/v1/namespaces/shop/services/{_name(each)}")]
        metadata = body.get("metadata", {})
        if metadata.get("resourceVersion", "1") != service["metadata"]["resourceVersion"]:
            raise Unreachable("HTTPError")
        service["metadata"].update(metadata)
        if "status" in body:
            service["status"] = body["status"]


def _name(service: dict[str, Any]) -> str:
    return str(service["metadata"]["name"])


def service(name: str = "web", **spec: Any) -> dict[str, Any]:
    return {
        "metadata": {"namespace": "shop", "name": name, "resourceVersion": "1", "annotations": {}},
        "spec": {"type": "LoadBalancer", "ports": [{"name": "http", "port": 80, "protocol": "TCP"}], **spec},
    }


class Trial:
    def __init__(self, sandbox: Sandbox, *services: dict[str, Any]) -> None:
        self.parts = sandbox.cluster(**AUTO)
        self.tag(sandbox, "kubernetes.io/role/internal-elb")
        self.api = Services(*services)
        region = sandbox.world.eks.region(REGION)
        writer: Any = self.api
        self.controller = ServiceBalancers(lambda: region, writer, sandbox.world.lock)
        self.elbv2 = sandbox.client("elbv2")
        self.ec2 = sandbox.client("ec2")

    def tag(self, sandbox: Sandbox, key: str) -> None:
        sandbox.client("ec2").create_tags(Resources=self.parts["subnets"], Tags=[{"Key": key, "Value": "1"}])

    def look(self) -> list[dict[str, Any]]:
        self.controller.look()
        return self.elbv2.describe_load_balancers()["LoadBalancers"]  # type: ignore[no-any-return]

    def targets(self) -> set[tuple[str, int]]:
        (group,) = self.elbv2.describe_target_groups()["TargetGroups"]
        health = self.elbv2.describe_target_health(TargetGroupArn=group["TargetGroupArn"])
        return {(each["Target"]["Id"], each["Target"]["Port"]) for each in health["TargetHealthDescriptions"]}


def test_a_service_gets_a_network_load_balancer_with_its_ready_pods_as_targets(sandbox: Sandbox) -> None:
    trial = Trial(sandbox, service())
    (made,) = trial.look()
    assert (made["Type"], made["Scheme"], made["VpcId"]) == ("network", "internal", trial.parts["vpc"])
    assert ":loadbalancer/net/k8s-shop-web-" in made["LoadBalancerArn"]
    assert {zone["SubnetId"] for zone in made["AvailabilityZones"]} == set(trial.parts["subnets"])
    (described,) = trial.elbv2.describe_tags(ResourceArns=[made["LoadBalancerArn"]])["TagDescriptions"]
    assert {tag["Key"]: tag["Value"] for tag in described["Tags"]} == {
        "eks:eks-cluster-name": "c1",
        "service.eks.amazonaws.com/stack": "shop/web",
        "service.eks.amazonaws.com/resource": "LoadBalancer",
    }
    (listener,) = trial.elbv2.describe_listeners(LoadBalancerArn=made["LoadBalancerArn"])["Listeners"]
    assert (listener["Protocol"], listener["Port"]) == ("TCP", 80)
    assert trial.targets() == {("10.9.0.7", 8080)}
    (seen,) = trial.api.items
    assert seen["metadata"]["finalizers"] == [FINALIZER]
    assert seen["status"] == {"loadBalancer": {"ingress": [{"hostname": made["DNSName"]}]}}


def test_what_changes_in_the_service_and_its_pods_changes_in_the_load_balancer(sandbox: Sandbox) -> None:
    trial = Trial(sandbox, service())
    (first,) = trial.look()
    trial.api.addresses = ["10.9.0.8", "10.9.0.9"]
    assert trial.look() == [first]
    assert trial.targets() == {("10.9.0.8", 8080), ("10.9.0.9", 8080)}
    trial.api.items[0]["spec"]["ports"] = [{"name": "http", "port": 443, "protocol": "TCP"}]
    assert trial.look() == [first]
    (listener,) = trial.elbv2.describe_listeners(LoadBalancerArn=first["LoadBalancerArn"])["Listeners"]
    assert listener["Port"] == 443
    trial.tag(sandbox, "kubernetes.io/role/elb")
    annotations = trial.api.items[0]["metadata"]["annotations"]
    annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"] = "internet-facing"
    (second,) = trial.look()
    assert second["Scheme"] == "internet-facing"
    assert second["LoadBalancerArn"] != first["LoadBalancerArn"]


@pytest.mark.parametrize(
    "change",
    [
        {"metadata": {"deletionTimestamp": "2026-12-01T00:00:00Z"}},
        {"spec": {"type": "ClusterIP"}},
    ],
)
def test_a_service_that_wants_none_any_more_is_let_go_when_it_is_deleted(
    sandbox: Sandbox, change: dict[str, Any]
) -> None:
    trial = Trial(sandbox, service())
    trial.look()
    with pytest.raises(ClientError, match="DependencyViolation"):
        trial.ec2.delete_subnet(SubnetId=trial.parts["subnets"][0])
    for part, values in change.items():
        trial.api.items[0][part].update(values)
    assert trial.look() == []
    assert trial.elbv2.describe_target_groups()["TargetGroups"] == []
    interfaces = trial.ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert [each for each in interfaces if each["Description"].startswith("ELB ")] == []
    (seen,) = trial.api.items
    assert seen["metadata"]["finalizers"] == []
    assert seen["status"] == {"loadBalancer": None}


def test_services_of_another_class_or_type_and_those_without_subnets_get_none(sandbox: Sandbox) -> None:
    other = service("other", loadBalancerClass="service.k8s.aws/nlb")
    public = service("public")
    public["metadata"]["annotations"]["service.beta.kubernetes.io/aws-load-balancer-scheme"] = "internet-facing"
    trial = Trial(sandbox, other, service("inside", type="ClusterIP"), public, service())
    (made,) = trial.look()
    assert "-web-" in made["LoadBalancerName"]
    assert [_name(each) for each in trial.api.items if "status" in each] == ["web"]


def test_without_auto_mode_nothing_is_looked_at(sandbox: Sandbox) -> None:
    sandbox.cluster()
    region = sandbox.world.eks.region(REGION)
    nothing: Any = None
    ServiceBalancers(lambda: region, nothing, threading.RLock()).look()
    assert sandbox.client("elbv2").describe_load_balancers()["LoadBalancers"] == []
