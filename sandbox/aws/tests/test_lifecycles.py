"""NAT gateways, databases and caches take time, and SDK waiters see it."""

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


def test_database(sandbox: Sandbox) -> None:
    rds = sandbox.client("rds")
    rds.create_db_instance(
        DBInstanceIdentifier="db",
        DBInstanceClass="db.t4g.medium",
        Engine="postgres",
        MasterUsername="root_user",
        MasterUserPassword="a-password-of-a-test",
        AllocatedStorage=20,
        BackupRetentionPeriod=1,
    )

    def instance() -> dict[str, Any]:
        return rds.describe_db_instances(DBInstanceIdentifier="db")["DBInstances"][0]

    assert instance()["DBInstanceStatus"] == "creating"
    assert "Endpoint" not in instance()
    change = {"DBInstanceIdentifier": "db", "AllocatedStorage": 30, "ApplyImmediately": True}
    assert refused(lambda: rds.modify_db_instance(**change)) == "InvalidDBInstanceState"
    sandbox.advance(310)
    assert instance()["DBInstanceStatus"] == "backing-up"
    with pytest.raises(WaiterError):
        rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="db", WaiterConfig=ONCE)
    sandbox.advance(60)
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="db", WaiterConfig=ONCE)
    assert instance()["Endpoint"]["Port"] == 5432
    rds.modify_db_instance(**change)
    assert instance()["DBInstanceStatus"] == "modifying"
    sandbox.advance(100)
    rds.delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True)
    assert instance()["DBInstanceStatus"] == "deleting"
    sandbox.advance(250)
    rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier="db", WaiterConfig=ONCE)


def test_database_cluster(sandbox: Sandbox) -> None:
    neptune = sandbox.client("neptune")
    neptune.create_db_cluster(DBClusterIdentifier="graph", Engine="neptune")
    for _ in range(2):
        assert neptune.describe_db_clusters(DBClusterIdentifier="graph")["DBClusters"][0]["Status"] == "creating"
    sandbox.advance(310)
    assert neptune.describe_db_clusters(DBClusterIdentifier="graph")["DBClusters"][0]["Status"] == "available"
    neptune.delete_db_cluster(DBClusterIdentifier="graph", SkipFinalSnapshot=True)
    sandbox.advance(250)
    assert refused(lambda: neptune.describe_db_clusters(DBClusterIdentifier="graph")) == "DBClusterNotFoundFault"


def test_cache(sandbox: Sandbox) -> None:
    cache = sandbox.client("elasticache")
    cache.create_replication_group(
        ReplicationGroupId="cache", ReplicationGroupDescription="d", Engine="redis", CacheNodeType="cache.t4g.small"
    )
    waiter = cache.get_waiter("replication_group_available")
    with pytest.raises(WaiterError):
        waiter.wait(ReplicationGroupId="cache", WaiterConfig=ONCE)
    sandbox.advance(370)
    waiter.wait(ReplicationGroupId="cache", WaiterConfig=ONCE)
    cache.delete_replication_group(ReplicationGroupId="cache")
    found = cache.describe_replication_groups(ReplicationGroupId="cache")["ReplicationGroups"][0]
    assert found["Status"] == "deleting"
    sandbox.advance(250)
    cache.get_waiter("replication_group_deleted").wait(ReplicationGroupId="cache", WaiterConfig=ONCE)


def test_certificate_token(sandbox: Sandbox) -> None:
    acm = sandbox.client("acm")
    asked = {"DomainName": "a.test", "IdempotencyToken": "t1"}
    assert acm.request_certificate(**asked)["CertificateArn"] == acm.request_certificate(**asked)["CertificateArn"]
