"""VPCs of two regions are peered, and resolve a private zone."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import ACCOUNT, REGION, Sandbox
from .test_network import refused

OTHER = "us-east-1"


class Pair:
    """A VPC in each of two regions."""

    def __init__(self, sandbox: Sandbox, other_range: str = "10.1.0.0/16") -> None:
        self.own, self.other = sandbox.client("ec2"), sandbox.client("ec2", OTHER)
        self.vpc = self.own.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.peer = self.other.create_vpc(CidrBlock=other_range)["Vpc"]["VpcId"]

    def request(self) -> dict[str, Any]:
        tags = [{"ResourceType": "vpc-peering-connection", "Tags": [{"Key": "a", "Value": "b"}]}]
        asked = {"VpcId": self.vpc, "PeerVpcId": self.peer, "PeerRegion": OTHER, "PeerOwnerId": ACCOUNT}
        made = self.own.create_vpc_peering_connection(**asked, TagSpecifications=tags)
        return dict(made["VpcPeeringConnection"])

    def status(self, identifier: str, client: Any = None) -> str:
        asked = {"VpcPeeringConnectionIds": [identifier]}
        (found,) = (client or self.own).describe_vpc_peering_connections(**asked)["VpcPeeringConnections"]
        return str(found["Status"]["Code"])


@pytest.fixture
def pair(sandbox: Sandbox) -> Pair:
    return Pair(sandbox)


def connected(sandbox: Sandbox, pair: Pair) -> str:
    identifier = str(pair.request()["VpcPeeringConnectionId"])
    sandbox.advance(10)
    pair.other.accept_vpc_peering_connection(VpcPeeringConnectionId=identifier)
    sandbox.advance(20)
    return identifier


def test_a_request_is_accepted_in_the_region_that_was_asked(sandbox: Sandbox, pair: Pair) -> None:
    made = pair.request()
    identifier = {"VpcPeeringConnectionId": made["VpcPeeringConnectionId"]}
    assert made["Status"]["Code"] == "initiating-request"
    assert refused(lambda: pair.other.accept_vpc_peering_connection(**identifier)) == "InvalidStateTransition"
    sandbox.advance(10)
    assert pair.status(*identifier.values()) == "pending-acceptance"
    assert refused(lambda: pair.own.accept_vpc_peering_connection(**identifier)) == "OperationNotPermitted"
    pair.other.accept_vpc_peering_connection(**identifier)
    assert pair.status(*identifier.values(), pair.other) == "provisioning"
    sandbox.advance(20)
    assert pair.status(*identifier.values()) == "active"


def test_both_sides_are_shown_and_found(sandbox: Sandbox, pair: Pair) -> None:
    identifier = connected(sandbox, pair)
    for client, name, vpc in [
        (pair.own, "requester", pair.vpc),
        (pair.other, "requester", pair.vpc),
        (pair.other, "accepter", pair.peer),
    ]:
        filters = [{"Name": f"{name}-vpc-info.vpc-id", "Values": [vpc]}]
        (found,) = client.describe_vpc_peering_connections(Filters=filters)["VpcPeeringConnections"]
        assert found["VpcPeeringConnectionId"] == identifier
        sides = [found[f"{side}VpcInfo"] for side in ("Requester", "Accepter")]
        assert [side["VpcId"] for side in sides] == [pair.vpc, pair.peer]
        assert [side["Region"] for side in sides] == [REGION, OTHER]
        assert {side["OwnerId"] for side in sides} == {ACCOUNT}
    for name, value, count in [("tag:a", "b", 1), ("tag:a", "c", 0), ("status-code", "active", 1)]:
        filters = [{"Name": name, "Values": [value]}]
        assert len(pair.own.describe_vpc_peering_connections(Filters=filters)["VpcPeeringConnections"]) == count


def test_two_vpcs_have_one_connection(sandbox: Sandbox, pair: Pair) -> None:
    connected(sandbox, pair)
    assert refused(pair.request) == "VpcPeeringConnectionAlreadyExists"
    assert refused(lambda: pair.own.delete_vpc(VpcId=pair.vpc)) == "DependencyViolation"


def test_overlapping_ranges_fail(sandbox: Sandbox) -> None:
    pair = Pair(sandbox, "10.0.128.0/17")
    identifier = pair.request()["VpcPeeringConnectionId"]
    assert pair.status(identifier) == "failed"
    asked = {"VpcPeeringConnectionId": identifier}
    assert refused(lambda: pair.own.delete_vpc_peering_connection(**asked)) == "InvalidStateTransition"
    sandbox.advance(2 * 3600 + 10)
    assert refused(lambda: pair.status(identifier)) == "InvalidVpcPeeringConnectionID.NotFound"


def test_a_request_expires_after_a_week(sandbox: Sandbox, pair: Pair) -> None:
    identifier = pair.request()["VpcPeeringConnectionId"]
    sandbox.advance(7 * 24 * 3600 + 10)
    assert pair.status(identifier) == "expired"
    assert pair.request()["VpcPeeringConnectionId"] != identifier


def test_a_route_dies_with_its_connection(sandbox: Sandbox, pair: Pair) -> None:
    identifier = connected(sandbox, pair)
    table = pair.own.create_route_table(VpcId=pair.vpc)["RouteTable"]["RouteTableId"]
    route = {"RouteTableId": table, "DestinationCidrBlock": "10.1.0.0/16", "VpcPeeringConnectionId": identifier}
    pair.own.create_route(**route)

    def state() -> str:
        routes = pair.own.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        return str(next(each for each in routes if each.get("VpcPeeringConnectionId") == identifier)["State"])

    assert state() == "active"
    pair.other.delete_vpc_peering_connection(VpcPeeringConnectionId=identifier)
    assert (pair.status(identifier), state()) == ("deleting", "blackhole")
    sandbox.advance(20)
    assert pair.status(identifier) == "deleted"
    assert refused(lambda: pair.own.replace_route(**route)) == "InvalidVpcPeeringConnectionID.NotFound"
    second = connected(sandbox, pair)
    pair.own.replace_route(**{**route, "VpcPeeringConnectionId": second})


def test_a_private_zone_has_vpcs_of_several_regions_and_never_none(sandbox: Sandbox, pair: Pair) -> None:
    route53 = sandbox.client("route53")
    own, peer = {"VPCRegion": REGION, "VPCId": pair.vpc}, {"VPCRegion": OTHER, "VPCId": pair.peer}

    def create(reference: str) -> Any:
        config = {"PrivateZone": True, "Comment": ""}
        asked = {"Name": "acme.internal", "CallerReference": reference, "HostedZoneConfig": config}
        return route53.create_hosted_zone(**asked, VPC=own)["HostedZone"]

    zone = create("one")
    assert refused(lambda: create("two")) == "ConflictingDomainExists"
    identifier = {"HostedZoneId": zone["Id"].split("/")[-1]}
    unknown = {**peer, "VPCId": "vpc-0123456789abcdef0"}
    assert refused(lambda: route53.associate_vpc_with_hosted_zone(**identifier, VPC=unknown)) == "InvalidVPCId"
    route53.associate_vpc_with_hosted_zone(**identifier, VPC=peer)
    again = refused(lambda: route53.associate_vpc_with_hosted_zone(**identifier, VPC=peer))
    assert again == "ConflictingDomainExists"
    for vpc in (own, peer):
        (found,) = route53.list_hosted_zones_by_vpc(**vpc)["HostedZoneSummaries"]
        assert (found["HostedZoneId"], found["Name"]) == (identifier["HostedZoneId"], "acme.internal.")
    route53.disassociate_vpc_from_hosted_zone(**identifier, VPC=peer)
    gone = refused(lambda: route53.disassociate_vpc_from_hosted_zone(**identifier, VPC=peer))
    last = refused(lambda: route53.disassociate_vpc_from_hosted_zone(**identifier, VPC=own))
    assert (gone, last) == ("VPCAssociationNotFound", "LastVPCAssociation")
    route53.delete_hosted_zone(Id=identifier["HostedZoneId"])
