"""Clusters and their node groups: lifecycles, order, idempotency."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import REGION, Sandbox


def refused(call: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call()
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def group(parts: dict[str, Any], name: str = "g1", **more: Any) -> dict[str, Any]:
    given = {"clusterName": "c1", "nodegroupName": name, "subnets": parts["subnets"], "nodeRole": parts["node_role"]}
    return {**given, **more}


def test_lifecycle(sandbox: Sandbox) -> None:
    parts, eks = sandbox.network(), sandbox.client("eks")
    role = sandbox.role("cluster", "eks.amazonaws.com")
    asked = {"name": "c1", "roleArn": role, "resourcesVpcConfig": {"subnetIds": parts["subnets"]}, "tags": {"a": "b"}}
    made = eks.create_cluster(**asked)["cluster"]
    assert made["status"] == "CREATING"
    assert "endpoint" not in made
    assert made["certificateAuthority"] == {}
    sandbox.advance(500)
    assert eks.describe_cluster(name="c1")["cluster"]["status"] == "CREATING"
    sandbox.advance(60)
    eks.get_waiter("cluster_active").wait(name="c1", WaiterConfig={"Delay": 0, "MaxAttempts": 1})
    cluster = eks.describe_cluster(name="c1")["cluster"]
    assert cluster["endpoint"].endswith(str(sandbox.kubernetes.server_port))
    assert cluster["certificateAuthority"] == {"data": "YWJj"}
    assert cluster["identity"]["oidc"]["issuer"] == "https://oidc.sandbox.test/id/1"
    assert cluster["version"] == "1.37"
    assert cluster["resourcesVpcConfig"]["vpcId"] == parts["vpc"]
    assert cluster["accessConfig"]["authenticationMode"] == "CONFIG_MAP"
    assert cluster["tags"] == {"a": "b"}
    assert eks.list_clusters()["clusters"] == ["c1"]
    ec2 = sandbox.client("ec2")
    assert refused(lambda: ec2.delete_subnet(SubnetId=parts["subnets"][0]))[0] == "DependencyViolation"
    assert eks.delete_cluster(name="c1")["cluster"]["status"] == "DELETING"
    sandbox.advance(250)
    assert refused(lambda: eks.describe_cluster(name="c1")) == ("ResourceNotFoundException", 404)
    ec2.delete_subnet(SubnetId=parts["subnets"][0])


def test_token(sandbox: Sandbox) -> None:
    parts, eks = sandbox.network(), sandbox.client("eks")
    role = sandbox.role("cluster", "eks.amazonaws.com")
    asked = {"name": "c1", "roleArn": role, "resourcesVpcConfig": {"subnetIds": parts["subnets"]}}
    first = eks.create_cluster(**asked, clientRequestToken="t1")["cluster"]
    again = eks.create_cluster(**asked, clientRequestToken="t1")["cluster"]
    assert again["arn"] == first["arn"]
    assert again["createdAt"] == first["createdAt"]
    other = {**asked, "tags": {"x": "y"}}
    assert refused(lambda: eks.create_cluster(**other, clientRequestToken="t1"))[0] == "InvalidParameterException"
    assert refused(lambda: eks.create_cluster(**asked, clientRequestToken="t2")) == ("ResourceInUseException", 409)
    second = {**asked, "name": "c2"}
    assert refused(lambda: eks.create_cluster(**second))[0] == "ResourceLimitExceededException"


def test_what_a_cluster_stands_on_must_exist(sandbox: Sandbox) -> None:
    parts, eks = sandbox.network(), sandbox.client("eks")
    role, other = sandbox.role("cluster", "eks.amazonaws.com"), sandbox.role("other", "ec2.amazonaws.com")
    good = {"name": "c1", "roleArn": role, "resourcesVpcConfig": {"subnetIds": parts["subnets"]}}
    for wrong in (
        {"roleArn": role + "-missing"},
        {"roleArn": other},
        {"resourcesVpcConfig": {"subnetIds": ["subnet-0", "subnet-1"]}},
        {"resourcesVpcConfig": {"subnetIds": parts["subnets"][:1]}},
        {"resourcesVpcConfig": {"subnetIds": parts["subnets"], "securityGroupIds": ["sg-0"]}},
        {"version": "1.20"},
    ):
        assert refused(lambda wrong=wrong: eks.create_cluster(**{**good, **wrong}))[0] == "InvalidParameterException"
    far = sandbox.client("eks", "ap-south-1")
    assert refused(lambda: far.create_cluster(**good)) == ("ServerException", 500)
    assert far.list_clusters()["clusters"] == []


def test_order(sandbox: Sandbox) -> None:
    parts, eks = sandbox.network(), sandbox.client("eks")
    role = sandbox.role("cluster", "eks.amazonaws.com")
    parts["node_role"] = sandbox.role("node", "ec2.amazonaws.com")
    eks.create_cluster(name="c1", roleArn=role, resourcesVpcConfig={"subnetIds": parts["subnets"]})
    assert refused(lambda: eks.create_nodegroup(**group(parts)))[0] == "InvalidRequestException"
    assert refused(lambda: eks.create_addon(clusterName="c1", addonName="vpc-cni"))[0] == "InvalidRequestException"
    assert refused(lambda: eks.delete_cluster(name="c1"))[0] == "ResourceInUseException"
    sandbox.advance(560)
    eks.create_nodegroup(**group(parts))
    assert refused(lambda: eks.delete_cluster(name="c1")) == ("ResourceInUseException", 409)
    assert refused(lambda: eks.create_nodegroup(**group(parts)))[0] == "ResourceInUseException"
    entry = {"clusterName": "c1", "principalArn": role}
    # Entries need a mode that is not the API's default.
    assert refused(lambda: eks.create_access_entry(**entry))[0] == "InvalidRequestException"


def test_a_cluster_leaves_a_zone_but_gets_none(sandbox: Sandbox) -> None:
    parts, eks, ec2 = sandbox.network(), sandbox.client("eks"), sandbox.client("ec2")
    third, fourth = (
        ec2.create_subnet(VpcId=parts["vpc"], CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for n, zone in ((2, "eu-west-1c"), (3, "eu-west-1b"))
    )
    first, second = parts["subnets"]
    role = sandbox.role("cluster", "eks.amazonaws.com")
    eks.create_cluster(name="c1", roleArn=role, resourcesVpcConfig={"subnetIds": [first, second]})
    sandbox.advance(560)
    asked = {"name": "c1", "resourcesVpcConfig": {"subnetIds": [first, third]}}
    assert refused(lambda: eks.update_cluster_config(**asked))[0] == "InvalidParameterException"
    # Another subnet of a zone that the cluster has; the control plane leaves the old one.
    eks.update_cluster_config(name="c1", resourcesVpcConfig={"subnetIds": [first, fourth]})
    assert refused(lambda: ec2.delete_subnet(SubnetId=second))[0] == "DependencyViolation"
    sandbox.advance(130)
    ec2.delete_subnet(SubnetId=second)
    assert refused(lambda: ec2.delete_subnet(SubnetId=fourth))[0] == "DependencyViolation"


def test_config_and_version_updates(sandbox: Sandbox) -> None:
    sandbox.cluster(version="1.36")
    eks = sandbox.client("eks")
    update = eks.update_cluster_config(name="c1", resourcesVpcConfig={"endpointPrivateAccess": True})["update"]
    assert (update["status"], update["type"]) == ("InProgress", "EndpointAccessUpdate")
    assert eks.describe_cluster(name="c1")["cluster"]["status"] == "UPDATING"
    assert refused(lambda: eks.update_cluster_version(name="c1", version="1.37"))[0] == "ResourceInUseException"
    sandbox.advance(130)
    assert eks.describe_update(name="c1", updateId=update["id"])["update"]["status"] == "Successful"
    assert eks.describe_cluster(name="c1")["cluster"]["resourcesVpcConfig"]["endpointPrivateAccess"] is True
    same = {"endpointPrivateAccess": True}
    assert (
        refused(lambda: eks.update_cluster_config(name="c1", resourcesVpcConfig=same))[0] == "InvalidParameterException"
    )
    eks.update_cluster_version(name="c1", version="1.37")
    sandbox.advance(500)
    assert eks.describe_cluster(name="c1")["cluster"]["version"] == "1.37"
    assert refused(lambda: eks.update_cluster_version(name="c1", version="1.35"))[0] == "InvalidParameterException"
    assert len(eks.list_updates(name="c1")["updateIds"]) == 2
    versions = eks.describe_cluster_versions()["clusterVersions"]
    assert [(v["clusterVersion"], v["defaultVersion"]) for v in versions] == [
        ("1.37", True),
        ("1.36", False),
        ("1.35", False),
        ("1.34", False),
    ]
    assert [v["versionStatus"] for v in versions] == ["STANDARD_SUPPORT"] * 3 + ["EXTENDED_SUPPORT"]


def test_nodes_appear_scale_and_go(sandbox: Sandbox) -> None:
    parts = sandbox.cluster(bootstrapSelfManagedAddons=False)
    eks = sandbox.client("eks")
    asked = group(parts, labels={"team": "a"}, scalingConfig={"minSize": 1, "maxSize": 5, "desiredSize": 3})
    taint = {"key": "dedicated", "value": "x", "effect": "NO_SCHEDULE"}
    assert eks.create_nodegroup(**asked, taints=[taint])["nodegroup"]["status"] == "CREATING"
    sandbox.advance(130)
    nodes = [o for o in sandbox.settle().values() if o["kind"] == "Node"]
    assert len(nodes) == 3
    first = next(n for n in nodes if n["metadata"]["name"] == f"ip-10-0-0-10.{REGION}.compute.internal")
    labels = first["metadata"]["labels"]
    assert labels["eks.amazonaws.com/nodegroup"] == "g1"
    assert labels["topology.kubernetes.io/zone"] == REGION + "a"
    assert labels["node.kubernetes.io/instance-type"] == "t3.medium"
    assert labels["team"] == "a"
    assert first["spec"]["taints"] == [{"key": "dedicated", "value": "x", "effect": "NoSchedule"}]
    assert first["spec"]["providerID"].startswith(f"aws:///{REGION}a/i-")
    assert first["status"]["capacity"]["cpu"] == "8"
    assert {n["metadata"]["labels"]["topology.kubernetes.io/zone"] for n in nodes} == {REGION + "a", REGION + "b"}
    name = {"clusterName": "c1", "nodegroupName": "g1"}
    too_many = {**name, "scalingConfig": {"desiredSize": 9}}
    assert refused(lambda: eks.update_nodegroup_config(**too_many))[0] == "InvalidParameterException"
    eks.update_nodegroup_config(**name, scalingConfig={"desiredSize": 1})
    sandbox.advance(70)
    assert len([o for o in sandbox.settle().values() if o["kind"] == "Node"]) == 1
    eks.get_waiter("nodegroup_active").wait(**name, WaiterConfig={"Delay": 0, "MaxAttempts": 1})
    eks.delete_nodegroup(**name)
    sandbox.advance(130)
    assert not [o for o in sandbox.settle().values() if o["kind"] == "Node"]
    assert eks.list_nodegroups(clusterName="c1")["nodegroups"] == []


def test_an_unreachable_kubernetes_is_tried_again(sandbox: Sandbox) -> None:
    parts = sandbox.cluster()
    sandbox.settle()
    sandbox.kubernetes.broken = True
    eks = sandbox.client("eks")
    eks.create_nodegroup(**group(parts))
    sandbox.advance(130)
    status = eks.describe_nodegroup(clusterName="c1", nodegroupName="g1")["nodegroup"]["status"]
    assert status == "ACTIVE"
    assert sandbox.control("GET", "/health")["kubernetesWritesPending"] == 2
    sandbox.kubernetes.broken = False
    assert len([o for o in sandbox.settle().values() if o["kind"] == "Node"]) == 2


def test_pages_and_tags(sandbox: Sandbox) -> None:
    parts = sandbox.cluster()
    eks = sandbox.client("eks")
    for name in ("g1", "g2", "g3"):
        eks.create_nodegroup(**group(parts, name))
    pages = eks.get_paginator("list_nodegroups").paginate(clusterName="c1", PaginationConfig={"PageSize": 2})
    assert [page["nodegroups"] for page in pages] == [["g1", "g2"], ["g3"]]
    assert refused(lambda: eks.list_nodegroups(clusterName="c1", nextToken="???"))[0] == "InvalidParameterException"
    arn = eks.describe_nodegroup(clusterName="c1", nodegroupName="g1")["nodegroup"]["nodegroupArn"]
    eks.tag_resource(resourceArn=arn, tags={"a": "b", "c": "d"})
    eks.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert eks.list_tags_for_resource(resourceArn=arn)["tags"] == {"c": "d"}
    assert refused(lambda: eks.list_tags_for_resource(resourceArn=arn + "x")) == ("NotFoundException", 404)
