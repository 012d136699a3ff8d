"""What pods are told about names of private hosted zones."""

from __future__ import annotations

from typing import Any

from .conftest import Sandbox

OTHER = "us-east-1"


def private_zone(sandbox: Sandbox, vpc: str, *records: dict[str, Any]) -> str:
    route53 = sandbox.client("route53")
    zone = route53.create_hosted_zone(
        Name="acme.internal",
        CallerReference="names",
        VPC={"VPCRegion": "eu-west-1", "VPCId": vpc},
        HostedZoneConfig={"PrivateZone": True},
    )["HostedZone"]["Id"]
    changes = [{"Action": "UPSERT", "ResourceRecordSet": {"TTL": 5, **record}} for record in records]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    return str(zone)


def record(name: str, kind: str, value: str) -> dict[str, Any]:
    return {"Name": f"{name}.acme.internal", "Type": kind, "ResourceRecords": [{"Value": value}]}


def look_up(sandbox: Sandbox, name: str, region: str = "eu-west-1") -> Any:
    return sandbox.control("GET", f"/names?region={region}&name={name}")


def test_names_lead_to_addresses_directly_and_by_other_names(sandbox: Sandbox) -> None:
    vpc = sandbox.network()["vpc"]
    private_zone(
        sandbox,
        vpc,
        record("plain", "A", "10.0.0.9"),
        record("writer", "CNAME", "127.64.3.4"),
        record("db", "CNAME", "writer.acme.internal"),
        record("text", "TXT", '"no address"'),
    )
    assert look_up(sandbox, "Plain.acme.internal.") == {"known": True, "addresses": ["10.0.0.9"]}
    assert look_up(sandbox, "writer.acme.internal.") == {"known": True, "addresses": ["127.64.3.4"]}
    assert look_up(sandbox, "db.acme.internal") == {"known": True, "addresses": ["127.64.3.4"]}
    assert look_up(sandbox, "text.acme.internal") == {"known": True, "addresses": []}
    assert look_up(sandbox, "else.acme.internal") == {"known": False, "addresses": []}


def test_names_are_known_only_where_a_vpc_is_associated(sandbox: Sandbox) -> None:
    vpc = sandbox.network()["vpc"]
    zone = private_zone(sandbox, vpc, record("writer", "CNAME", "127.64.3.4"))
    assert look_up(sandbox, "writer.acme.internal", OTHER)["known"] is False
    other = sandbox.network(OTHER)["vpc"]
    route53 = sandbox.client("route53")
    route53.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC={"VPCRegion": OTHER, "VPCId": other})
    assert look_up(sandbox, "writer.acme.internal", OTHER)["addresses"] == ["127.64.3.4"]


def test_public_zones_are_not_answered_here(sandbox: Sandbox) -> None:
    route53 = sandbox.client("route53")
    zone = route53.create_hosted_zone(Name="acme.internal", CallerReference="public")["HostedZone"]["Id"]
    change = {"Action": "CREATE", "ResourceRecordSet": {"TTL": 5, **record("writer", "A", "10.0.0.9")}}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})
    assert look_up(sandbox, "writer.acme.internal")["known"] is False
