"""Quotas are AWS's defaults, and instance types and versions have offerings."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from .conftest import Sandbox


def test_quotas(sandbox: Sandbox) -> None:
    quotas = sandbox.client("service-quotas")
    asked = {"ServiceCode": "vpc", "QuotaCode": "L-F678F1CE"}
    for answer in (quotas.get_service_quota(**asked), quotas.get_aws_default_service_quota(**asked)):
        assert (answer["Quota"]["QuotaName"], answer["Quota"]["Value"]) == ("VPCs per Region", 5.0)
    with pytest.raises(ClientError) as caught:
        quotas.get_service_quota(ServiceCode="vpc", QuotaCode="L-00000000")
    assert caught.value.response["Error"]["Code"] == "NoSuchResourceException"


@pytest.mark.parametrize("by", ["availability-zone", "availability-zone-id"])
def test_offerings(sandbox: Sandbox, by: str) -> None:
    ec2 = sandbox.client("ec2")
    wanted = [{"Name": "instance-type", "Values": ["m7i.large"]}]
    found = ec2.describe_instance_type_offerings(LocationType=by, Filters=wanted)["InstanceTypeOfferings"]
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    key = "ZoneName" if by == "availability-zone" else "ZoneId"
    assert {each["Location"] for each in found} <= {zone[key] for zone in zones}
    assert found
    types = ec2.describe_instance_types(Filters=wanted)["InstanceTypes"]
    assert [each["VCpuInfo"]["DefaultVCpus"] for each in types] == [2]
    unknown = [{"Name": "instance-type", "Values": ["nonsense.9xl"]}]
    assert not ec2.describe_instance_type_offerings(LocationType=by, Filters=unknown)["InstanceTypeOfferings"]
    assert not ec2.describe_instance_types(Filters=unknown)["InstanceTypes"]
