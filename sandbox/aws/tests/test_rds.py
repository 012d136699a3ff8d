"""RDS for PostgreSQL refuses, waits and remembers what AWS would."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from .conftest import REGION, Endpoint, Sandbox

ONCE = {"Delay": 0, "MaxAttempts": 1}
OTHER = "us-east-1"
PASSWORD = "a-password-of-a-test"


def refused(call: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


def wanted(**more: Any) -> dict[str, Any]:
    return {
        "DBInstanceIdentifier": "db",
        "DBInstanceClass": "db.t4g.medium",
        "Engine": "postgres",
        "EngineVersion": "17",
        "MasterUsername": "owner",
        "MasterUserPassword": PASSWORD,
        "AllocatedStorage": 20,
        "BackupRetentionPeriod": 7,
        **more,
    }


def shown(sandbox: Endpoint, name: str = "db", region: str = REGION) -> dict[str, Any]:
    return sandbox.client("rds", region).describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]


def created(sandbox: Sandbox, **more: Any) -> dict[str, Any]:
    sandbox.client("rds").create_db_instance(**wanted(**more))
    sandbox.advance(370)
    return shown(sandbox)


def test_instance_is_created_changed_and_deleted_over_time(sandbox: Sandbox) -> None:
    rds = sandbox.client("rds")
    made = rds.create_db_instance(**wanted(Tags=[{"Key": "a", "Value": "b"}]))["DBInstance"]
    assert (made["DBInstanceStatus"], made["EngineVersion"]) == ("creating", "17.6")
    assert "Endpoint" not in made
    assert made["TagList"] == rds.list_tags_for_resource(ResourceName=made["DBInstanceArn"])["TagList"]
    assert refused(lambda: rds.create_db_instance(**wanted())) == "DBInstanceAlreadyExists"
    change = {"DBInstanceIdentifier": "db", "AllocatedStorage": 30, "ApplyImmediately": True}
    assert refused(lambda: rds.modify_db_instance(**change)) == "InvalidDBInstanceState"
    sandbox.advance(310)
    assert shown(sandbox)["DBInstanceStatus"] == "backing-up"
    with pytest.raises(WaiterError):
        rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="db", WaiterConfig=ONCE)
    sandbox.advance(60)
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="db", WaiterConfig=ONCE)
    assert shown(sandbox)["Endpoint"]["Port"] == 5432
    rds.modify_db_instance(**change)
    assert shown(sandbox)["DBInstanceStatus"] == "available"
    assert shown(sandbox)["PendingModifiedValues"] == {"AllocatedStorage": 30}
    sandbox.advance(20)
    assert shown(sandbox)["DBInstanceStatus"] == "modifying"
    sandbox.advance(100)
    assert (shown(sandbox)["AllocatedStorage"], shown(sandbox)["PendingModifiedValues"]) == (30, {})
    rds.delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True)
    assert shown(sandbox)["DBInstanceStatus"] == "deleting"
    sandbox.advance(250)
    rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier="db", WaiterConfig=ONCE)


def test_events_of_an_instance_are_shown_as_rds_writes_them(sandbox: Sandbox) -> None:
    rds = sandbox.client("rds")
    about = {"SourceIdentifier": "db", "SourceType": "db-instance"}
    assert refused(lambda: rds.describe_events(**about)) == "DBInstanceNotFound"
    arn = created(sandbox)["DBInstanceArn"]
    events = rds.describe_events(**about, Duration=60)["Events"]
    assert [event["Message"] for event in events] == [
        "DB instance created",
        "Backing up DB instance",
        "Finished DB Instance backup",
    ]
    assert {event["SourceArn"] for event in events} == {arn}
    assert rds.describe_events(SourceIdentifier="other", SourceType="db-parameter-group")["Events"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"DBInstanceIdentifier": "9db"}, "InvalidParameterValue"),
        ({"DBInstanceIdentifier": "db-"}, "InvalidParameterValue"),
        ({"DBInstanceClass": "t4g.medium"}, "InvalidParameterValue"),
        ({"MasterUsername": "admin"}, "InvalidParameterValue"),
        ({"MasterUserPassword": "short"}, "InvalidParameterValue"),
        ({"MasterUserPassword": "with/slash-in-it"}, "InvalidParameterValue"),
        ({"MasterUserPassword": None}, "MissingParameter"),
        ({"ManageMasterUserPassword": True}, "InvalidParameterCombination"),
        ({"AllocatedStorage": 5}, "InvalidParameterValue"),
        ({"BackupRetentionPeriod": 36}, "InvalidParameterValue"),
        ({"Port": 80}, "InvalidParameterValue"),
        ({"EngineVersion": "99"}, "InvalidParameterCombination"),
        ({"KmsKeyId": "alias/x"}, "InvalidParameterCombination"),
        ({"KmsKeyId": "alias/x", "StorageEncrypted": True}, "KMSKeyNotAccessibleFault"),
        ({"MonitoringInterval": 60}, "InvalidParameterCombination"),
        ({"MultiAZ": True, "AvailabilityZone": "eu-west-1a"}, "InvalidParameterCombination"),
        ({"DBSubnetGroupName": "none"}, "DBSubnetGroupNotFoundFault"),
        ({"DBParameterGroupName": "none"}, "DBParameterGroupNotFound"),
        ({"VpcSecurityGroupIds": ["sg-0"]}, "InvalidParameterValue"),
        ({"EngineLifecycleSupport": "forever"}, "InvalidParameterValue"),
        ({"Tags": [{"Key": "aws:x", "Value": "y"}]}, "InvalidParameterValue"),
    ],
)
def test_instance_that_aws_would_not_create_is_refused(sandbox: Sandbox, change: dict[str, Any], code: str) -> None:
    asked = {name: value for name, value in wanted(**change).items() if value is not None}
    assert refused(lambda: sandbox.client("rds").create_db_instance(**asked)) == code
    assert sandbox.client("rds").describe_db_instances()["DBInstances"] == []


def test_change_without_apply_immediately_stays_pending(sandbox: Sandbox) -> None:
    rds = sandbox.client("rds")
    created(sandbox)
    rds.modify_db_instance(DBInstanceIdentifier="db", DBInstanceClass="db.m7g.large", DeletionProtection=True)
    sandbox.advance(3600)
    found = shown(sandbox)
    assert (found["DBInstanceClass"], found["DBInstanceStatus"]) == ("db.t4g.medium", "available")
    assert found["PendingModifiedValues"] == {"DBInstanceClass": "db.m7g.large"}
    assert found["DeletionProtection"] is True
    rds.modify_db_instance(DBInstanceIdentifier="db", MultiAZ=True, ApplyImmediately=True)
    sandbox.advance(200)
    found = shown(sandbox)
    assert (found["DBInstanceClass"], found["MultiAZ"], found["PendingModifiedValues"]) == ("db.m7g.large", True, {})


def test_changes_that_aws_would_not_make_are_refused(sandbox: Sandbox) -> None:
    rds = sandbox.client("rds")
    created(sandbox, AllocatedStorage=100)
    for change in (
        {"AllocatedStorage": 50},
        {"AllocatedStorage": 105},
        {"EngineVersion": "18"},
        {"EngineVersion": "16"},
    ):
        assert refused(lambda c=change: rds.modify_db_instance(DBInstanceIdentifier="db", **c)) == (
            "InvalidParameterCombination"
        )
    assert refused(lambda: rds.modify_db_instance(DBInstanceIdentifier="no", MultiAZ=True)) == "DBInstanceNotFound"
    assert shown(sandbox)["PendingModifiedValues"] == {}


def test_master_password_changes_later_and_is_never_shown(sandbox: Sandbox) -> None:
    rds = sandbox.client("rds")
    created(sandbox)
    answer = rds.modify_db_instance(DBInstanceIdentifier="db", MasterUserPassword="another-password")["DBInstance"]
    assert answer["PendingModifiedValues"] == {"MasterUserPassword": "****"}
    sandbox.advance(20)
    assert shown(sandbox)["DBInstanceStatus"] == "resetting-master-credentials"
    sandbox.advance(40)
    assert (shown(sandbox)["DBInstanceStatus"], shown(sandbox)["PendingModifiedValues"]) == ("available", {})


def test_parameter_group_waits_for_a_reboot_without_failover(sandbox: Sandbox) -> None:
    rds = sandbox.client("rds")
    created(sandbox, MultiAZ=True)
    for name, family in (("own", "postgres17"), ("old", "postgres16")):
        rds.create_db_parameter_group(DBParameterGroupName=name, DBParameterGroupFamily=family, Description="d")

    def status() -> dict[str, Any]:
        return shown(sandbox)["DBParameterGroups"][0]

    assert status() == {"DBParameterGroupName": "default.postgres17", "ParameterApplyStatus": "in-sync"}
    wrong = {"DBInstanceIdentifier": "db", "DBParameterGroupName": "old"}
    assert refused(lambda: rds.modify_db_instance(**wrong)) == "InvalidParameterCombination"
    rds.modify_db_instance(DBInstanceIdentifier="db", DBParameterGroupName="own", ApplyImmediately=True)
    sandbox.advance(3600)
    assert status() == {"DBParameterGroupName": "own", "ParameterApplyStatus": "pending-reboot"}
    rds.reboot_db_instance(DBInstanceIdentifier="db", ForceFailover=True)
    assert shown(sandbox)["DBInstanceStatus"] == "rebooting"
    sandbox.advance(70)
    assert status()["ParameterApplyStatus"] == "pending-reboot"
    rds.reboot_db_instance(DBInstanceIdentifier="db")
    sandbox.advance(70)
    assert status()["ParameterApplyStatus"] == "in-sync"
    assert refused(lambda: rds.delete_db_parameter_group(DBParameterGroupName="own")) == "InvalidDBParameterGroupState"
    rds.delete_db_parameter_group(DBParameterGroupName="old")
    assert refused(lambda: rds.describe_db_parameters(DBParameterGroupName="old")) == "DBParameterGroupNotFound"


def parameter(name: str, value: str, method: str) -> dict[str, str]:
    return {"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}


def test_parameters_are_checked_and_tell_what_waits(sandbox: Sandbox) -> None:
    rds = sandbox.client("rds")
    rds.create_db_parameter_group(DBParameterGroupName="own", DBParameterGroupFamily="postgres17", Description="d")
    created(sandbox, DBParameterGroupName="own")

    def change(*parameters: dict[str, str], group: str = "own") -> Any:
        return rds.modify_db_parameter_group(DBParameterGroupName=group, Parameters=list(parameters))

    def status() -> str:
        return shown(sandbox)["DBParameterGroups"][0]["ParameterApplyStatus"]

    assert refused(lambda: change(parameter("no_such", "1", "immediate"))) == "InvalidParameterValue"
    assert refused(lambda: change(parameter("work_mem", "much", "immediate"))) == "InvalidParameterValue"
    static = parameter("rds.logical_replication", "1", "immediate")
    assert refused(lambda: change(static)) == "InvalidParameterCombination"
    locked = parameter("rds.force_ssl", "0", "immediate")
    assert refused(lambda: change(locked, group="default.postgres17")) == "InvalidDBParameterGroupState"
    change(parameter("statement_timeout", "30000", "immediate"))
    assert status() == "applying"
    sandbox.advance(40)
    assert status() == "in-sync"
    change(parameter("rds.logical_replication", "1", "pending-reboot"))
    sandbox.advance(40)
    assert status() == "pending-reboot"
    own = rds.describe_db_parameters(DBParameterGroupName="own", Source="user")["Parameters"]
    assert {each["ParameterName"]: each["ParameterValue"] for each in own} == {
        "statement_timeout": "30000",
        "rds.logical_replication": "1",
    }
    assert {each["ApplyType"] for each in own} == {"static", "dynamic"}
    rds.reset_db_parameter_group(DBParameterGroupName="own", ResetAllParameters=True)
    assert rds.describe_db_parameters(DBParameterGroupName="own", Source="user")["Parameters"] == []


def test_subnet_group_needs_two_zones_and_is_kept_while_it_is_used(sandbox: Sandbox) -> None:
    rds, ec2, parts = sandbox.client("rds"), sandbox.client("ec2"), sandbox.network()
    asked = {"DBSubnetGroupName": "Group", "DBSubnetGroupDescription": "d"}
    one = parts["subnets"][:1]
    assert refused(lambda: rds.create_db_subnet_group(**asked, SubnetIds=one)) == "DBSubnetGroupDoesNotCoverEnoughAZs"
    assert refused(lambda: rds.create_db_subnet_group(**asked, SubnetIds=["subnet-0"])) == "InvalidSubnet"
    tags = [{"Key": "a", "Value": "b"}]
    made = rds.create_db_subnet_group(**asked, SubnetIds=parts["subnets"], Tags=tags)["DBSubnetGroup"]
    assert (made["DBSubnetGroupName"], made["VpcId"]) == ("group", parts["vpc"])
    assert rds.list_tags_for_resource(ResourceName=made["DBSubnetGroupArn"])["TagList"] == tags
    again = {**asked, "SubnetIds": parts["subnets"]}
    assert refused(lambda: rds.create_db_subnet_group(**again)) == "DBSubnetGroupAlreadyExists"
    group = ec2.create_security_group(GroupName="data", Description="d", VpcId=parts["vpc"])["GroupId"]
    other = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    foreign = ec2.create_security_group(GroupName="data", Description="d", VpcId=other)["GroupId"]
    wrong = wanted(DBSubnetGroupName="group", VpcSecurityGroupIds=[foreign])
    assert refused(lambda: rds.create_db_instance(**wrong)) == "InvalidVPCNetworkStateFault"
    found = created(sandbox, DBSubnetGroupName="group", VpcSecurityGroupIds=[group])
    assert found["DBSubnetGroup"]["VpcId"] == parts["vpc"]
    assert found["VpcSecurityGroups"] == [{"VpcSecurityGroupId": group, "Status": "active"}]
    change = {"DBInstanceIdentifier": "db", "VpcSecurityGroupIds": [foreign]}
    assert refused(lambda: rds.modify_db_instance(**change)) == "InvalidVPCNetworkStateFault"
    new = ec2.create_security_group(GroupName="new", Description="d", VpcId=parts["vpc"])["GroupId"]
    rds.modify_db_instance(DBInstanceIdentifier="db", VpcSecurityGroupIds=[new])
    of_db = [{"Name": "description", "Values": ["RDSNetworkInterface"]}]
    interface = ec2.describe_network_interfaces(Filters=of_db)["NetworkInterfaces"][0]
    assert [each["GroupId"] for each in interface["Groups"]] == [new]
    assert refused(lambda: rds.delete_db_subnet_group(DBSubnetGroupName="group")) == "InvalidDBSubnetGroupStateFault"
    assert refused(lambda: ec2.delete_subnet(SubnetId=parts["subnets"][0])) == "DependencyViolation"
    rds.delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True)
    sandbox.advance(250)
    rds.delete_db_subnet_group(DBSubnetGroupName="group")
    ec2.delete_subnet(SubnetId=parts["subnets"][0])
    assert refused(lambda: rds.describe_db_subnet_groups(DBSubnetGroupName="group")) == "DBSubnetGroupNotFoundFault"


def replica_of(sandbox: Sandbox, **more: Any) -> dict[str, Any]:
    asked = {
        "DBInstanceIdentifier": "copy",
        "SourceDBInstanceIdentifier": shown(sandbox)["DBInstanceArn"],
        "SourceRegion": REGION,
        **more,
    }
    return sandbox.client("rds", OTHER).create_db_instance_read_replica(**asked)["DBInstance"]


def test_replica_in_another_region_starts_with_none_of_the_settings_of_its_source(sandbox: Sandbox) -> None:
    rds, elsewhere = sandbox.client("rds"), sandbox.client("rds", OTHER)
    rds.create_db_parameter_group(DBParameterGroupName="own", DBParameterGroupFamily="postgres17", Description="d")
    rds.create_db_instance(
        **wanted(DBParameterGroupName="own", StorageEncrypted=True, MultiAZ=True, DeletionProtection=True)
    )
    assert refused(lambda: replica_of(sandbox)) == "InvalidDBInstanceState"
    sandbox.advance(370)
    key = sandbox.client("kms", OTHER).create_key()["KeyMetadata"]["Arn"]
    here = sandbox.client("kms").create_key()["KeyMetadata"]["Arn"]
    assert refused(lambda: replica_of(sandbox)) == "InvalidParameterCombination"
    assert refused(lambda: replica_of(sandbox, KmsKeyId=here)) == "KMSKeyNotAccessibleFault"
    wrong = {"KmsKeyId": key, "DBParameterGroupName": "own"}
    assert refused(lambda: replica_of(sandbox, **wrong)) == "InvalidParameterCombination"
    made = replica_of(sandbox, KmsKeyId=key)
    assert made["DBInstanceStatus"] == "creating"
    sandbox.advance(490)
    found = shown(sandbox, "copy", OTHER)
    assert found["ReadReplicaSourceDBInstanceIdentifier"] == shown(sandbox)["DBInstanceArn"]
    assert shown(sandbox)["ReadReplicaDBInstanceIdentifiers"] == [found["DBInstanceArn"]]
    assert (found["BackupRetentionPeriod"], found["MultiAZ"], found["DeletionProtection"]) == (0, False, False)
    assert found["DBParameterGroups"][0]["DBParameterGroupName"] == "default.postgres17"
    assert found["KmsKeyId"] == key
    off = {"DBInstanceIdentifier": "db", "BackupRetentionPeriod": 0}
    assert refused(lambda: rds.modify_db_instance(**off)) == "InvalidParameterCombination"
    change = {"DBInstanceIdentifier": "copy", "MasterUserPassword": "another-password"}
    assert refused(lambda: elsewhere.modify_db_instance(**change)) == "InvalidParameterCombination"


def test_replica_needs_backups_of_its_source_and_a_password_that_rds_does_not_manage(sandbox: Sandbox) -> None:
    created(sandbox, BackupRetentionPeriod=0)
    assert refused(lambda: replica_of(sandbox)) == "InvalidDBInstanceState"
    sandbox.client("rds").delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True)
    sandbox.advance(250)
    managed = {name: value for name, value in wanted().items() if name != "MasterUserPassword"}
    sandbox.client("rds").create_db_instance(**managed, ManageMasterUserPassword=True)
    sandbox.advance(370)
    secret = shown(sandbox)["MasterUserSecret"]["SecretArn"]
    secrets = sandbox.client("secretsmanager")
    assert '"username": "owner"' in secrets.get_secret_value(SecretId=secret)["SecretString"]
    assert refused(lambda: replica_of(sandbox)) == "InvalidDBInstanceState"
    sandbox.client("rds").delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True)
    sandbox.advance(250)
    assert refused(lambda: secrets.get_secret_value(SecretId=secret)) == "ResourceNotFoundException"


def test_promoted_replica_is_standalone_for_ever(sandbox: Sandbox) -> None:
    elsewhere = sandbox.client("rds", OTHER)
    created(sandbox)
    assert refused(lambda: sandbox.client("rds").promote_read_replica(DBInstanceIdentifier="db")) == (
        "InvalidDBInstanceState"
    )
    replica_of(sandbox)
    assert refused(lambda: elsewhere.promote_read_replica(DBInstanceIdentifier="copy")) == "InvalidDBInstanceState"
    sandbox.advance(490)
    elsewhere.promote_read_replica(DBInstanceIdentifier="copy", BackupRetentionPeriod=3)
    seen = [shown(sandbox, "copy", OTHER)["DBInstanceStatus"]]
    for seconds in (100, 60, 60):
        sandbox.advance(seconds)
        seen.append(shown(sandbox, "copy", OTHER)["DBInstanceStatus"])
    assert seen == ["modifying", "rebooting", "backing-up", "available"]
    found = shown(sandbox, "copy", OTHER)
    assert found["BackupRetentionPeriod"] == 3
    assert "ReadReplicaSourceDBInstanceIdentifier" not in found
    assert shown(sandbox)["ReadReplicaDBInstanceIdentifiers"] == []
    assert refused(lambda: elsewhere.promote_read_replica(DBInstanceIdentifier="copy")) == "InvalidDBInstanceState"


def test_promotion_without_a_number_of_days_gives_no_backups(sandbox: Sandbox) -> None:
    created(sandbox)
    replica_of(sandbox)
    sandbox.advance(490)
    sandbox.client("rds", OTHER).promote_read_replica(DBInstanceIdentifier="copy")
    sandbox.advance(200)
    found = shown(sandbox, "copy", OTHER)
    assert (found["DBInstanceStatus"], found["BackupRetentionPeriod"]) == ("available", 0)


def test_deletion_wants_the_flags_of_the_role_that_an_instance_has(sandbox: Sandbox) -> None:
    rds, elsewhere = sandbox.client("rds"), sandbox.client("rds", OTHER)
    created(sandbox, DeletionProtection=True)
    replica_of(sandbox)
    sandbox.advance(490)
    combination = "InvalidParameterCombination"
    for more in ({}, {"FinalDBSnapshotIdentifier": "last"}):
        asked = {"DBInstanceIdentifier": "copy", **more}
        assert refused(lambda a=asked: elsewhere.delete_db_instance(**a)) == combination
    elsewhere.delete_db_instance(DBInstanceIdentifier="copy", SkipFinalSnapshot=True)
    assert refused(lambda: elsewhere.delete_db_instance(DBInstanceIdentifier="copy", SkipFinalSnapshot=True)) == (
        "InvalidDBInstanceState"
    )
    final = {"DBInstanceIdentifier": "db", "FinalDBSnapshotIdentifier": "last"}
    assert refused(lambda: rds.delete_db_instance(**final)) == combination
    rds.modify_db_instance(DBInstanceIdentifier="db", DeletionProtection=False)
    assert refused(lambda: rds.delete_db_instance(DBInstanceIdentifier="db")) == combination
    assert refused(lambda: rds.delete_db_instance(**final, SkipFinalSnapshot=True)) == combination
    rds.delete_db_instance(**final)
    sandbox.advance(250)
    snapshot = rds.describe_db_snapshots(DBSnapshotIdentifier="last")["DBSnapshots"][0]
    assert (snapshot["Status"], snapshot["DBInstanceIdentifier"]) == ("available", "db")
    created(sandbox)
    assert refused(lambda: rds.delete_db_instance(**final)) == "DBSnapshotAlreadyExists"
    rds.delete_db_snapshot(DBSnapshotIdentifier="last")
    assert refused(lambda: rds.describe_db_snapshots(DBSnapshotIdentifier="last")) == "DBSnapshotNotFound"


def test_deleted_source_leaves_standalone_instances(sandbox: Sandbox) -> None:
    created(sandbox)
    replica_of(sandbox)
    sandbox.advance(490)
    sandbox.client("rds").delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True)
    assert "ReadReplicaSourceDBInstanceIdentifier" not in shown(sandbox, "copy", OTHER)


def test_tags_are_changed_by_arn(sandbox: Sandbox) -> None:
    rds = sandbox.client("rds")
    arn = created(sandbox)["DBInstanceArn"]
    rds.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    rds.remove_tags_from_resource(ResourceName=arn, TagKeys=["a"])
    assert shown(sandbox)["TagList"] == [{"Key": "b", "Value": "2"}]
    assert refused(lambda: rds.list_tags_for_resource(ResourceName=arn + "x")) == "DBInstanceNotFound"


def test_versions_name_their_parameter_group_family(sandbox: Sandbox) -> None:
    found = sandbox.client("rds").describe_db_engine_versions(Engine="postgres", EngineVersion="17")["DBEngineVersions"]
    assert {each["DBParameterGroupFamily"] for each in found} == {"postgres17"}


def test_automated_backups_stay_if_the_deletion_leaves_them(sandbox: Sandbox) -> None:
    rds = sandbox.client("rds")
    created(sandbox, BackupRetentionPeriod=7)
    created(sandbox, DBInstanceIdentifier="other", BackupRetentionPeriod=7)

    def backups() -> dict[str, str]:
        found = rds.describe_db_instance_automated_backups()["DBInstanceAutomatedBackups"]
        return {each["DBInstanceIdentifier"]: each["Status"] for each in found}

    assert backups() == {"db": "active", "other": "active"}
    rds.delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True, DeleteAutomatedBackups=False)
    rds.delete_db_instance(DBInstanceIdentifier="other", SkipFinalSnapshot=True)
    sandbox.advance(250)
    assert backups() == {"db": "retained"}


def test_replicas_are_upgraded_before_their_source(sandbox: Sandbox) -> None:
    rds, elsewhere = sandbox.client("rds"), sandbox.client("rds", OTHER)
    created(sandbox, EngineVersion="17.5", BackupRetentionPeriod=7)
    replica_of(sandbox)
    sandbox.advance(490)
    newer = {"EngineVersion": "17.6", "ApplyImmediately": True}
    assert refused(lambda: rds.modify_db_instance(DBInstanceIdentifier="db", **newer)) == "InvalidParameterCombination"
    elsewhere.modify_db_instance(DBInstanceIdentifier="copy", **newer)
    sandbox.advance(1000)
    assert shown(sandbox, "copy", OTHER)["EngineVersion"] == "17.6"
    rds.modify_db_instance(DBInstanceIdentifier="db", **newer)
