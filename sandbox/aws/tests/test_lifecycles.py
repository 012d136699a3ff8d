"""NAT gateways and caches take time, and SDK waiters see it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from .conftest import Sandbox

ONCE = {"Delay": 0, "MaxAttempts": 1}


def refused(call: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


def test_nat_gateway(sandbox: Sandbox) -> None:
    parts, ec2 = sandbox.network(), sandbox.client("ec2")
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=parts["vpc"])
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    asked = {"SubnetId": parts["subnets"][0], "AllocationId": address, "ClientToken": "t1"}
    made = ec2.create_nat_gateway(**asked)["NatGateway"]
    assert made["State"] == "pending"
    assert ec2.create_nat_gateway(**asked)["NatGateway"]["NatGatewayId"] == made["NatGatewayId"]
    assert len(ec2.describe_nat_gateways()["NatGateways"]) == 1
    other = {**asked, "SubnetId": parts["subnets"][1]}
    assert refused(lambda: ec2.create_nat_gateway(**other)) == "IdempotentParameterMismatch"
    with pytest.raises(WaiterError):
        ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[made["NatGatewayId"]], WaiterConfig=ONCE)
    sandbox.advance(110)
    ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[made["NatGatewayId"]], WaiterConfig=ONCE)
    assert refused(lambda: ec2.release_address(AllocationId=address)) == "InvalidIPAddress.InUse"
    assert refused(lambda: ec2.delete_subnet(SubnetId=parts["subnets"][0])) == "DependencyViolation"
    ec2.delete_nat_gateway(NatGatewayId=made["NatGatewayId"])
    assert ec2.describe_nat_gateways()["NatGateways"][0]["State"] == "deleting"
    sandbox.advance(70)
    assert ec2.describe_nat_gateways()["NatGateways"][0]["State"] == "deleted"
    ec2.release_address(AllocationId=address)
    ec2.delete_subnet(SubnetId=parts["subnets"][0])
    assert refused(lambda: ec2.delete_nat_gateway(NatGatewayId="nat-0")) == "NatGatewayNotFound"


def test_certificate_token(sandbox: Sandbox) -> None:
    acm = sandbox.client("acm")
    asked = {"DomainName": "a.test", "IdempotencyToken": "t1"}
    assert acm.request_certificate(**asked)["CertificateArn"] == acm.request_certificate(**asked)["CertificateArn"]
