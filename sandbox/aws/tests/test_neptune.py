"""Neptune refuses, waits and remembers what AWS would; nothing answers behind it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from .conftest import Sandbox

ONCE = {"Delay": 0, "MaxAttempts": 1}
TAGS = [{"Key": "a", "Value": "b"}]


def refused(call: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


def shown(sandbox: Sandbox) -> dict[str, Any]:
    return sandbox.client("neptune").describe_db_clusters(DBClusterIdentifier="graph")["DBClusters"][0]


def created(sandbox: Sandbox, **more: Any) -> dict[str, Any]:
    sandbox.client("neptune").create_db_cluster(DBClusterIdentifier="graph", Engine="neptune", **more)
    sandbox.advance(100)
    return shown(sandbox)


def node(sandbox: Sandbox, name: str = "node", **more: Any) -> dict[str, Any]:
    kind = {"DBInstanceClass": "db.r6g.large", "Engine": "neptune", "DBClusterIdentifier": "graph"}
    return sandbox.client("neptune").create_db_instance(DBInstanceIdentifier=name, **kind, **more)["DBInstance"]


def test_cluster_is_created_and_deleted_over_time(sandbox: Sandbox) -> None:
    neptune = sandbox.client("neptune")
    made = neptune.create_db_cluster(DBClusterIdentifier="graph", Engine="neptune", Tags=TAGS)["DBCluster"]
    assert (made["Status"], made["EngineVersion"], made["Port"]) == ("creating", "1.4.7.0", 8182)
    assert neptune.list_tags_for_resource(ResourceName=made["DBClusterArn"])["TagList"] == TAGS
    again = {"DBClusterIdentifier": "graph", "Engine": "neptune"}
    assert refused(lambda: neptune.create_db_cluster(**again)) == "DBClusterAlreadyExistsFault"
    assert refused(lambda: node(sandbox)) == "InvalidDBClusterStateFault"
    sandbox.advance(100)
    assert shown(sandbox)["Status"] == "available"
    node(sandbox)
    node(sandbox, "other")
    with pytest.raises(WaiterError):
        neptune.get_waiter("db_instance_available").wait(DBInstanceIdentifier="node", WaiterConfig=ONCE)
    sandbox.advance(310)
    neptune.get_waiter("db_instance_available").wait(DBInstanceIdentifier="node", WaiterConfig=ONCE)
    members = shown(sandbox)["DBClusterMembers"]
    assert [(each["DBInstanceIdentifier"], each["IsClusterWriter"]) for each in members] == [
        ("node", True),
        ("other", False),
    ]
    final = {"DBClusterIdentifier": "graph", "FinalDBSnapshotIdentifier": "last"}
    assert refused(lambda: neptune.delete_db_cluster(**final)) == "InvalidDBClusterStateFault"
    neptune.delete_db_instance(DBInstanceIdentifier="node")
    sandbox.advance(130)
    assert [each["IsClusterWriter"] for each in shown(sandbox)["DBClusterMembers"]] == [True]
    neptune.delete_db_instance(DBInstanceIdentifier="other", SkipFinalSnapshot=True)
    neptune.delete_db_cluster(**final)
    assert shown(sandbox)["Status"] == "deleting"
    sandbox.advance(400)
    assert refused(lambda: shown(sandbox)) == "DBClusterNotFoundFault"
    kept = neptune.describe_db_cluster_snapshots(DBClusterIdentifier="graph")["DBClusterSnapshots"]
    assert [(each["DBClusterSnapshotIdentifier"], each["Status"]) for each in kept] == [("last", "available")]
    neptune.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier="last")
    assert neptune.describe_db_cluster_snapshots()["DBClusterSnapshots"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"DBClusterIdentifier": "9graph"}, "InvalidParameterValue"),
        ({"EngineVersion": "9.9.9.9"}, "InvalidParameterCombination"),
        ({"BackupRetentionPeriod": 0}, "InvalidParameterValue"),
        ({"EnableCloudwatchLogsExports": ["postgresql"]}, "InvalidParameterCombination"),
        ({"KmsKeyId": "alias/x"}, "InvalidParameterCombination"),
        ({"KmsKeyId": "alias/x", "StorageEncrypted": True}, "KMSKeyNotAccessibleFault"),
        ({"DBSubnetGroupName": "none"}, "DBSubnetGroupNotFoundFault"),
        ({"DBClusterParameterGroupName": "none"}, "DBClusterParameterGroupNotFound"),
        ({"MasterUsername": "owner"}, "NotImplemented"),
    ],
)
def test_wrong_clusters_are_refused(sandbox: Sandbox, change: dict[str, Any], code: str) -> None:
    neptune = sandbox.client("neptune")
    wanted = {"DBClusterIdentifier": "graph", "Engine": "neptune", **change}
    assert refused(lambda: neptune.create_db_cluster(**wanted)) == code
    assert neptune.describe_db_clusters()["DBClusters"] == []


def test_cluster_is_changed_at_once_or_later(sandbox: Sandbox) -> None:
    neptune = sandbox.client("neptune")
    created(sandbox, EngineVersion="1.4.5.1", DeletionProtection=True)
    change = {"DBClusterIdentifier": "graph"}
    neptune.modify_db_cluster(**change, BackupRetentionPeriod=7, EnableIAMDatabaseAuthentication=True)
    logs = {"EnableLogTypes": ["audit"]}
    neptune.modify_db_cluster(**change, CloudwatchLogsExportConfiguration=logs)
    now = shown(sandbox)
    assert (now["BackupRetentionPeriod"], now["EnabledCloudwatchLogsExports"]) == (7, ["audit"])
    assert now["PendingModifiedValues"] == {"IAMDatabaseAuthenticationEnabled": True}
    assert not now["IAMDatabaseAuthenticationEnabled"]
    neptune.modify_db_cluster(**change, EngineVersion="1.4.7.0", ApplyImmediately=True)
    assert shown(sandbox)["Status"] == "upgrading"
    assert refused(lambda: neptune.modify_db_cluster(**change, BackupRetentionPeriod=8)) == "InvalidDBClusterStateFault"
    sandbox.advance(310)
    now = shown(sandbox)
    assert (now["EngineVersion"], now["IAMDatabaseAuthenticationEnabled"]) == ("1.4.7.0", True)
    older = {**change, "EngineVersion": "1.4.6.0", "ApplyImmediately": True}
    assert refused(lambda: neptune.modify_db_cluster(**older)) == "InvalidParameterCombination"
    gone = {**change, "SkipFinalSnapshot": True}
    assert refused(lambda: neptune.delete_db_cluster(**gone)) == "InvalidParameterCombination"


def test_static_parameters_wait_for_a_reboot(sandbox: Sandbox) -> None:
    neptune = sandbox.client("neptune")
    group = {"DBClusterParameterGroupName": "own"}
    neptune.create_db_cluster_parameter_group(**group, DBParameterGroupFamily="neptune1.4", Description="a", Tags=TAGS)
    created(sandbox, **group)
    node(sandbox)
    sandbox.advance(310)
    audit = {"ParameterName": "neptune_enable_audit_log", "ParameterValue": "1"}
    now = [{**audit, "ApplyMethod": "immediate"}]
    asked = {**group, "Parameters": now}
    assert refused(lambda: neptune.modify_db_cluster_parameter_group(**asked)) == "InvalidParameterCombination"
    later = [{**audit, "ApplyMethod": "pending-reboot"}]
    neptune.modify_db_cluster_parameter_group(**group, Parameters=later)
    found = neptune.describe_db_cluster_parameters(**group, Source="user")["Parameters"]
    assert [(each["ParameterName"], each["ParameterValue"]) for each in found] == [("neptune_enable_audit_log", "1")]
    assert shown(sandbox)["DBClusterMembers"][0]["DBClusterParameterGroupStatus"] == "pending-reboot"
    neptune.reboot_db_instance(DBInstanceIdentifier="node")
    sandbox.advance(70)
    assert shown(sandbox)["DBClusterMembers"][0]["DBClusterParameterGroupStatus"] == "in-sync"
    assert refused(lambda: neptune.delete_db_cluster_parameter_group(**group)) == "InvalidDBParameterGroupState"
    other = {"DBClusterParameterGroupName": "other", "DBParameterGroupFamily": "neptune1.3", "Description": "a"}
    neptune.create_db_cluster_parameter_group(**other)
    change = {"DBClusterIdentifier": "graph", "DBClusterParameterGroupName": "other"}
    assert refused(lambda: neptune.modify_db_cluster(**change)) == "InvalidParameterCombination"


def test_instance_class_changes_over_time(sandbox: Sandbox) -> None:
    neptune = sandbox.client("neptune")
    created(sandbox)
    assert node(sandbox, AutoMinorVersionUpgrade=False)["AutoMinorVersionUpgrade"] is False
    sandbox.advance(310)
    change = {"DBInstanceIdentifier": "node", "DBInstanceClass": "db.r6g.xlarge", "ApplyImmediately": True}
    assert neptune.modify_db_instance(**change)["DBInstance"]["DBInstanceStatus"] == "modifying"
    assert refused(lambda: neptune.modify_db_instance(**change)) == "InvalidDBInstanceState"
    sandbox.advance(100)
    here = [{"Name": "db-cluster-id", "Values": ["graph"]}]
    found = neptune.describe_db_instances(Filters=here)["DBInstances"]
    assert [(each["DBInstanceClass"], each["DBInstanceStatus"]) for each in found] == [("db.r6g.xlarge", "available")]


def test_instances_keep_their_place_and_are_listed_beside_those_of_rds(sandbox: Sandbox) -> None:
    parts, neptune, rds = sandbox.network(), sandbox.client("neptune"), sandbox.client("rds")
    group = {"DBSubnetGroupName": "own", "DBSubnetGroupDescription": "own", "SubnetIds": parts["subnets"]}
    neptune.create_db_subnet_group(**group)
    created(sandbox, DBSubnetGroupName="own")
    node(sandbox)
    listed = rds.describe_db_instances()["DBInstances"]
    assert [(each["DBInstanceIdentifier"], each["Engine"]) for each in listed] == [("node", "neptune")]
    only = [{"Name": "engine", "Values": ["postgres"]}]
    assert rds.describe_db_instances(Filters=only)["DBInstances"] == []
    taken = {"DBInstanceIdentifier": "node", "DBInstanceClass": "db.t4g.medium", "Engine": "postgres"}
    assert refused(lambda: rds.create_db_instance(**taken)) == "DBInstanceAlreadyExists"
    assert refused(lambda: neptune.delete_db_subnet_group(DBSubnetGroupName="own")) == "InvalidDBSubnetGroupStateFault"
    interfaces = sandbox.client("ec2").describe_network_interfaces()["NetworkInterfaces"]
    assert "RDSNetworkInterface" in {each["Description"] for each in interfaces}


def test_versions_name_their_parameter_group_family(sandbox: Sandbox) -> None:
    found = sandbox.client("neptune").describe_db_engine_versions(Engine="neptune", EngineVersion="1.4.7.0")
    assert [each["DBParameterGroupFamily"] for each in found["DBEngineVersions"]] == ["neptune1.4"]


def test_events_are_asked_for_by_the_name_of_a_cluster_or_an_instance(sandbox: Sandbox) -> None:
    neptune = sandbox.client("neptune")
    asked = [("graph", "db-cluster", "DBClusterNotFoundFault"), ("node", "db-instance", "DBInstanceNotFound")]
    for name, kind, code in asked:
        about = {"SourceIdentifier": name, "SourceType": kind}
        assert refused(lambda about=about: neptune.describe_events(**about)) == code
    created(sandbox)
    node(sandbox)
    for name, kind, _ in asked:
        assert neptune.describe_events(SourceIdentifier=name, SourceType=kind)["Events"] == []
