"""How long ACM takes, and for what it waits."""

from __future__ import annotations

from typing import Any

from .conftest import Sandbox

DOMAIN = "acme.example"
DAY = 24 * 3600


def requested(sandbox: Sandbox) -> str:
    acm = sandbox.client("acm")
    arn = acm.request_certificate(
        DomainName=DOMAIN, SubjectAlternativeNames=[f"*.{DOMAIN}"], ValidationMethod="DNS", IdempotencyToken="one"
    )["CertificateArn"]
    return str(arn)


def described(sandbox: Sandbox, arn: str) -> Any:
    return sandbox.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]


def record_in(sandbox: Sandbox, zone: str, arn: str, action: str = "UPSERT") -> None:
    record = described(sandbox, arn)["DomainValidationOptions"][0]["ResourceRecord"]
    records = {"Name": record["Name"], "Type": "CNAME", "TTL": 300, "ResourceRecords": [{"Value": record["Value"]}]}
    changes = [{"Action": action, "ResourceRecordSet": records}]
    sandbox.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


def zone_of(sandbox: Sandbox, **more: Any) -> str:
    created = sandbox.client("route53").create_hosted_zone(Name=DOMAIN, CallerReference="one", **more)
    return str(created["HostedZone"]["Id"])


def test_the_record_of_a_certificate_comes_some_seconds_after_the_request(sandbox: Sandbox) -> None:
    arn = requested(sandbox)
    assert ["ResourceRecord" in each for each in described(sandbox, arn)["DomainValidationOptions"]] == [False, False]
    sandbox.advance(5)
    assert ["ResourceRecord" in each for each in described(sandbox, arn)["DomainValidationOptions"]] == [True, True]
    assert requested(sandbox) == arn


def test_a_certificate_is_issued_some_time_after_its_record_is_there(sandbox: Sandbox) -> None:
    zone, arn = zone_of(sandbox), requested(sandbox)
    sandbox.advance(DAY)
    record_in(sandbox, zone, arn)
    sandbox.advance(119)
    waiting = described(sandbox, arn)
    assert (waiting["Status"], "IssuedAt" in waiting) == ("PENDING_VALIDATION", False)
    sandbox.advance(1)
    issued = described(sandbox, arn)
    assert (issued["Status"], "IssuedAt" in issued) == ("ISSUED", True)
    assert {each["ValidationStatus"] for each in issued["DomainValidationOptions"]} == {"SUCCESS"}


def test_a_certificate_finds_the_record_of_the_one_before(sandbox: Sandbox) -> None:
    zone, first = zone_of(sandbox), requested(sandbox)
    sandbox.advance(5)
    record_in(sandbox, zone, first)
    sandbox.client("acm").delete_certificate(CertificateArn=first)
    other = sandbox.client("acm", "us-east-1")
    arn = other.request_certificate(DomainName=DOMAIN, ValidationMethod="DNS")["CertificateArn"]
    sandbox.advance(5)
    sandbox.advance(120)
    assert other.describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "ISSUED"


def test_a_record_that_goes_or_is_private_issues_nothing_and_acm_gives_up_after_three_days(sandbox: Sandbox) -> None:
    vpc = {"VPCRegion": "eu-west-1", "VPCId": sandbox.network()["vpc"]}
    private = zone_of(sandbox, VPC=vpc, HostedZoneConfig={"PrivateZone": True})
    arn = requested(sandbox)
    sandbox.advance(5)
    record_in(sandbox, private, arn)
    public = sandbox.client("route53").create_hosted_zone(Name=DOMAIN, CallerReference="two")["HostedZone"]["Id"]
    record_in(sandbox, public, arn)
    sandbox.advance(60)
    record_in(sandbox, public, arn, "DELETE")
    sandbox.advance(2 * DAY)
    assert described(sandbox, arn)["Status"] == "PENDING_VALIDATION"
    sandbox.advance(DAY)
    assert described(sandbox, arn)["Status"] == "VALIDATION_TIMED_OUT"
