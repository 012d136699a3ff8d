"""What EC2 refuses and how long it takes: NAT gateways, routes, subnets, endpoints, security groups."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from emulator.eks.network import check_cluster_subnets
from emulator.errors import AwsError

from .conftest import ACCOUNT, REGION, Sandbox


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


class Network:
    """A VPC with two subnets and an internet gateway."""

    def __init__(self, sandbox: Sandbox) -> None:
        parts = sandbox.network()
        self.ec2 = sandbox.client("ec2")
        self.vpc, self.subnets = parts["vpc"], parts["subnets"]
        self.gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=self.gateway, VpcId=self.vpc)

    def table(self) -> str:
        return str(self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"])

    def nat(self, **more: Any) -> dict[str, Any]:
        asked = {"SubnetId": self.subnets[0], "AllocationId": self.ec2.allocate_address(Domain="vpc")["AllocationId"]}
        return dict(self.ec2.create_nat_gateway(**{**asked, **more})["NatGateway"])

    def route(self, table: str) -> dict[str, Any]:
        found = self.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        return next(each for each in found if each.get("DestinationCidrBlock") == "0.0.0.0/0")


@pytest.fixture
def network(sandbox: Sandbox) -> Network:
    return Network(sandbox)


def test_nat_gateways_are_filtered_by_tags(network: Network) -> None:
    tags = [{"ResourceType": "natgateway", "Tags": [{"Key": "gennet:region", "Value": "eu"}]}]
    made = network.nat(TagSpecifications=tags)["NatGatewayId"]

    for name, value, expected in [
        ("tag:gennet:region", "eu", [made]),
        ("tag:gennet:region", "us", []),
        ("tag-key", "gennet:region", [made]),
        ("vpc-id", network.vpc, [made]),
        ("state", "deleted", []),
    ]:
        found = network.ec2.describe_nat_gateways(Filters=[{"Name": name, "Values": [value]}])["NatGateways"]
        assert [each["NatGatewayId"] for each in found] == expected, (name, value)


def test_a_known_token_brings_a_deleted_gateway_back_to_the_caller_only(sandbox: Sandbox, network: Network) -> None:
    address = network.ec2.allocate_address(Domain="vpc")["AllocationId"]
    first = network.nat(AllocationId=address, ClientToken="t1")["NatGatewayId"]
    sandbox.advance(110)
    network.ec2.delete_nat_gateway(NatGatewayId=first)
    sandbox.advance(70)
    assert network.nat(AllocationId=address, ClientToken="t1")["NatGatewayId"] == first
    (only,) = network.ec2.describe_nat_gateways()["NatGateways"]
    assert only["State"] == "deleted"
    assert network.nat(AllocationId=address, ClientToken="t2")["NatGatewayId"] != first


def test_a_regional_gateway_is_in_no_subnet(sandbox: Sandbox, network: Network) -> None:
    asked = {"AvailabilityMode": "regional", "VpcId": network.vpc}
    tags = [{"ResourceType": "natgateway", "Tags": [{"Key": "a", "Value": "b"}]}]
    made = network.ec2.create_nat_gateway(**asked, TagSpecifications=tags)["NatGateway"]
    assert made["State"] == "pending"
    sandbox.advance(110)
    (found,) = network.ec2.describe_nat_gateways(Filters=[{"Name": "tag:a", "Values": ["b"]}])["NatGateways"]
    assert (found["State"], found["AvailabilityMode"], found["VpcId"]) == ("available", "regional", network.vpc)
    assert "SubnetId" not in found
    table = network.table()
    network.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=made["NatGatewayId"])
    assert network.route(table)["State"] == "active"
    network.ec2.delete_nat_gateway(NatGatewayId=made["NatGatewayId"])
    sandbox.advance(70)
    assert network.route(table)["State"] == "blackhole"
    both = {**asked, "SubnetId": network.subnets[0]}
    assert refused(lambda: network.ec2.create_nat_gateway(**both)) == "InvalidParameter"
    assert refused(lambda: network.ec2.create_nat_gateway(AvailabilityMode="regional")) == "InvalidParameter"


def test_a_zonal_gateway_says_so_and_needs_subnet_and_address(network: Network) -> None:
    assert network.nat()["AvailabilityMode"] == "zonal"
    assert refused(lambda: network.ec2.create_nat_gateway(SubnetId=network.subnets[0])) == "MissingParameter"
    assert refused(lambda: network.ec2.create_nat_gateway(VpcId=network.vpc)) == "MissingParameter"


def test_a_gateway_without_internet_gateway_fails_and_lets_its_address_go(sandbox: Sandbox, network: Network) -> None:
    network.ec2.detach_internet_gateway(InternetGatewayId=network.gateway, VpcId=network.vpc)
    address = network.ec2.allocate_address(Domain="vpc")["AllocationId"]
    network.nat(AllocationId=address)
    sandbox.advance(20)
    (failed,) = network.ec2.describe_nat_gateways()["NatGateways"]
    assert (failed["State"], failed["FailureCode"]) == ("failed", "Gateway.NotAttached")
    network.ec2.release_address(AllocationId=address)


def test_a_route_to_what_is_gone_is_a_blackhole_until_it_is_replaced(sandbox: Sandbox, network: Network) -> None:
    table, nat = network.table(), network.nat()["NatGatewayId"]
    sandbox.advance(110)
    route = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0"}
    network.ec2.create_route(**route, NatGatewayId=nat)
    assert network.route(table)["State"] == "active"
    network.ec2.delete_nat_gateway(NatGatewayId=nat)
    sandbox.advance(70)
    assert network.route(table)["State"] == "blackhole"
    assert refused(lambda: network.ec2.replace_route(**route, NatGatewayId=nat)) == "InvalidNatGatewayID.NotFound"
    network.ec2.replace_route(**route, GatewayId=network.gateway)
    assert network.route(table)["State"] == "active"
    network.ec2.detach_internet_gateway(InternetGatewayId=network.gateway, VpcId=network.vpc)
    assert network.route(table)["State"] == "blackhole"


@pytest.mark.parametrize("cidr", ["10.0.16.0/29", "10.0.16.0/31"])
def test_a_subnet_smaller_than_28_is_refused(network: Network, cidr: str) -> None:
    assert refused(lambda: network.ec2.create_subnet(VpcId=network.vpc, CidrBlock=cidr)) == "InvalidSubnet.Range"


def test_a_subnet_is_in_the_zone_of_its_id(network: Network) -> None:
    zones = network.ec2.describe_availability_zones()["AvailabilityZones"]
    wanted = zones[-1]
    asked = {"VpcId": network.vpc, "CidrBlock": "10.0.16.0/24"}
    made = network.ec2.create_subnet(**asked, AvailabilityZoneId=wanted["ZoneId"])["Subnet"]
    assert (made["AvailabilityZone"], made["AvailabilityZoneId"]) == (wanted["ZoneName"], wanted["ZoneId"])
    assert made["MapPublicIpOnLaunch"] is False
    network.ec2.delete_subnet(SubnetId=made["SubnetId"])
    unknown = {**asked, "AvailabilityZoneId": "use1-az1"}
    assert refused(lambda: network.ec2.create_subnet(**unknown)) == "InvalidParameterValue"


def test_a_gateway_endpoint_has_a_route_in_each_of_its_tables(sandbox: Sandbox, network: Network) -> None:
    one, two = network.table(), network.table()

    def routed(table: str) -> bool:
        routes = network.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        return any("DestinationPrefixListId" in each for each in routes)

    asked = {"VpcId": network.vpc, "ServiceName": f"com.amazonaws.{REGION}.s3", "VpcEndpointType": "Gateway"}
    made = network.ec2.create_vpc_endpoint(**asked, RouteTableIds=[one])["VpcEndpoint"]["VpcEndpointId"]
    assert (routed(one), routed(two)) == (True, False)
    network.ec2.modify_vpc_endpoint(VpcEndpointId=made, AddRouteTableIds=[two])
    assert (routed(one), routed(two)) == (True, True)
    again = {**asked, "RouteTableIds": [two]}
    assert refused(lambda: network.ec2.create_vpc_endpoint(**again)) == "RouteAlreadyExists"
    network.ec2.delete_vpc_endpoints(VpcEndpointIds=[made])
    assert (routed(one), routed(two)) == (False, False)
    assert [each["State"] for each in network.ec2.describe_vpc_endpoints()["VpcEndpoints"]] == ["deleting"]
    sandbox.advance(70)
    assert network.ec2.describe_vpc_endpoints()["VpcEndpoints"] == []


def test_an_interface_endpoint_takes_time_and_keeps_subnet_and_group(sandbox: Sandbox, network: Network) -> None:
    ec2 = network.ec2
    group = ec2.create_security_group(VpcId=network.vpc, GroupName="endpoints", Description="d")["GroupId"]
    asked = {
        "VpcId": network.vpc,
        "ServiceName": f"com.amazonaws.{REGION}.sts",
        "VpcEndpointType": "Interface",
        "SubnetIds": [network.subnets[0]],
        "SecurityGroupIds": [group],
        "PrivateDnsEnabled": True,
    }
    made = ec2.create_vpc_endpoint(**asked)["VpcEndpoint"]
    assert made["State"] == "pending"
    assert refused(lambda: ec2.create_vpc_endpoint(**asked)) == "InvalidParameter"
    sandbox.advance(100)
    (found,) = ec2.describe_vpc_endpoints()["VpcEndpoints"]
    assert (found["State"], found["PrivateDnsEnabled"]) == ("available", True)
    assert refused(lambda: ec2.delete_subnet(SubnetId=network.subnets[0])) == "DependencyViolation"
    assert refused(lambda: ec2.delete_security_group(GroupId=group)) == "DependencyViolation"
    ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])
    sandbox.advance(70)
    ec2.delete_security_group(GroupId=group)
    ec2.delete_subnet(SubnetId=network.subnets[0])


def test_the_services_of_endpoints_are_listed_by_type(network: Network) -> None:
    def names(kind: str) -> set[str]:
        listed: set[str] = set()
        asked: dict[str, Any] = {"Filters": [{"Name": "service-type", "Values": [kind]}]}
        while True:
            page = network.ec2.describe_vpc_endpoint_services(**asked)
            listed.update(page["ServiceNames"])
            if not page.get("NextToken"):
                return listed
            asked["NextToken"] = page["NextToken"]

    base = f"com.amazonaws.{REGION}"
    assert names("Gateway") == {f"{base}.s3", f"{base}.dynamodb"}
    assert {f"{base}.sts", f"{base}.ecr.api", f"{base}.ecr.dkr", f"{base}.ec2"} <= names("Interface")


def test_private_dns_needs_host_names(network: Network) -> None:
    network.ec2.modify_vpc_attribute(VpcId=network.vpc, EnableDnsHostnames={"Value": False})
    asked = {
        "VpcId": network.vpc,
        "ServiceName": f"com.amazonaws.{REGION}.sts",
        "VpcEndpointType": "Interface",
        "PrivateDnsEnabled": True,
    }
    assert refused(lambda: network.ec2.create_vpc_endpoint(**asked)) == "InvalidParameter"


def test_groups_that_name_each_other_cannot_be_deleted(network: Network) -> None:
    ec2 = network.ec2
    one, two = (
        ec2.create_security_group(VpcId=network.vpc, GroupName=name, Description="d")["GroupId"] for name in ("a", "b")
    )
    for group, other in ((one, two), (two, one)):
        rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": other}]}
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    assert refused(lambda: ec2.delete_security_group(GroupId=one)) == "DependencyViolation"
    for group in (one, two):
        rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
        ids = [each["SecurityGroupRuleId"] for each in rules["SecurityGroupRules"] if not each["IsEgress"]]
        ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=ids)
    ec2.delete_security_group(GroupId=one)
    ec2.delete_security_group(GroupId=two)


def test_a_cluster_is_refused_in_a_zone_without_control_planes(sandbox: Sandbox) -> None:
    region = "us-east-1"
    ec2 = sandbox.client("ec2", region)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZoneId=zone)["Subnet"]["SubnetId"]
        for n, zone in enumerate(["use1-az1", "use1-az3"])
    ]
    # This sandbox has no control plane in this region, so the check is called itself.
    with pytest.raises(AwsError) as caught:
        check_cluster_subnets(SimpleNamespace(account=ACCOUNT, name=region), subnets)
    assert caught.value.code == "UnsupportedAvailabilityZoneException"
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    offered = [zone["ZoneName"] for zone in zones if zone["ZoneId"] != "use1-az3"]
    assert caught.value.members == {"validZones": sorted(offered)}
    assert str(caught.value).endswith(f"choose from these availability zones: {', '.join(sorted(offered))}")


def test_no_vpc_has_encryption_controls(network: Network) -> None:
    asked = network.ec2.describe_vpc_encryption_controls(VpcIds=[network.vpc])
    assert asked["VpcEncryptionControls"] == []
    unknown = ["vpc-0000000000000dead"]
    assert refused(lambda: network.ec2.describe_vpc_encryption_controls(VpcIds=unknown)) == "InvalidVpcID.NotFound"
