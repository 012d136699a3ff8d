"""ElastiCache refuses, waits and remembers what AWS would."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from .conftest import Endpoint, Sandbox

ONCE = {"Delay": 0, "MaxAttempts": 1}
FIRST, SECOND, THIRD = "the-first-password", "the-second-password", "the-third-password"


def refused(call: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"]


def user(name: str = "orders", **more: Any) -> dict[str, Any]:
    return {
        "UserId": name,
        "UserName": name,
        "Engine": "valkey",
        "AccessString": "on ~orders:* &orders:* +@all",
        "Passwords": [FIRST],
        **more,
    }


def closed(name: str = "nobody", **more: Any) -> dict[str, Any]:
    return user(name, UserName="default", AccessString="off ~* -@all", **more)


def group(sandbox: Endpoint, **more: Any) -> dict[str, Any]:
    """A request for a replication group; what it stands on is made."""
    cache, parts = sandbox.client("elasticache"), sandbox.network()
    cache.create_cache_subnet_group(
        CacheSubnetGroupName="subnets", CacheSubnetGroupDescription="d", SubnetIds=parts["subnets"]
    )
    return {
        "ReplicationGroupId": "cache",
        "ReplicationGroupDescription": "d",
        "Engine": "valkey",
        "EngineVersion": "8.0",
        "CacheNodeType": "cache.t4g.small",
        "CacheSubnetGroupName": "subnets",
        "NumCacheClusters": 2,
        "AutomaticFailoverEnabled": True,
        "MultiAZEnabled": True,
        "TransitEncryptionEnabled": True,
        **more,
    }


def with_users(sandbox: Endpoint, **more: Any) -> dict[str, Any]:
    cache = sandbox.client("elasticache")
    cache.create_user(**closed())
    cache.create_user(**user())
    cache.create_user_group(UserGroupId="people", Engine="valkey", UserIds=["nobody", "orders"])
    return group(sandbox, UserGroupIds=["people"], **more)


def shown(sandbox: Endpoint, name: str = "cache") -> dict[str, Any]:
    found = sandbox.client("elasticache").describe_replication_groups(ReplicationGroupId=name)
    return found["ReplicationGroups"][0]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Passwords": [FIRST, SECOND, THIRD]}, "InvalidParameterValue"),
        ({"Passwords": ["short"]}, "InvalidParameterValue"),
        ({"Passwords": [FIRST, FIRST]}, "InvalidParameterValue"),
        ({"Passwords": None}, "InvalidParameterCombination"),
        ({"AuthenticationMode": {"Type": "password", "Passwords": [FIRST]}}, "InvalidParameterCombination"),
        ({"NoPasswordRequired": True}, "InvalidParameterCombination"),
        ({"Passwords": None, "NoPasswordRequired": True}, "InvalidParameterCombination"),
        ({"AccessString": "everything please"}, "InvalidParameterValue"),
        ({"Engine": "memcached"}, "InvalidParameterValue"),
        ({"UserId": "9"}, "InvalidParameterValue"),
        ({"UserName": "x", "Passwords": None, "AuthenticationMode": {"Type": "iam"}}, "InvalidParameterCombination"),
    ],
)
def test_user_that_aws_would_not_create_is_refused(sandbox: Sandbox, change: dict[str, Any], code: str) -> None:
    asked = {name: value for name, value in user(**change).items() if value is not None}
    assert refused(lambda: sandbox.client("elasticache").create_user(**asked)) == code


def test_passwords_are_given_as_a_whole_and_never_shown(sandbox: Sandbox) -> None:
    cache = sandbox.client("elasticache")
    made = cache.create_user(**user(Tags=[{"Key": "a", "Value": "b"}]))
    assert made["Authentication"] == {"Type": "password", "PasswordCount": 1}
    assert "Passwords" not in made
    assert refused(lambda: cache.create_user(**user())) == "UserAlreadyExists"
    cache.modify_user(UserId="orders", Passwords=[FIRST, SECOND])
    assert refused(lambda: cache.modify_user(UserId="orders", Passwords=[SECOND])) == "InvalidUserState"

    def found() -> dict[str, Any]:
        return cache.describe_users(UserId="orders")["Users"][0]

    assert (found()["Status"], found()["Authentication"]["PasswordCount"]) == ("modifying", 2)
    sandbox.advance(40)
    assert found()["Status"] == "active"
    cache.modify_user(UserId="orders", AuthenticationMode={"Type": "password", "Passwords": [SECOND]})
    sandbox.advance(40)
    assert found()["Authentication"]["PasswordCount"] == 1
    assert cache.list_tags_for_resource(ResourceName=made["ARN"])["TagList"] == [{"Key": "a", "Value": "b"}]
    cache.delete_user(UserId="orders")
    sandbox.advance(40)
    assert refused(lambda: cache.describe_users(UserId="orders")) == "UserNotFound"


def test_user_group_needs_one_default_user(sandbox: Sandbox) -> None:
    cache = sandbox.client("elasticache")
    for asked in (closed(), user(), user("other", UserName="orders"), user("old", Engine="redis")):
        cache.create_user(**asked)
    open_to_all = {**closed("all", Engine="redis"), "NoPasswordRequired": True}
    del open_to_all["Passwords"]
    cache.create_user(**open_to_all)
    asked = {"UserGroupId": "people", "Engine": "valkey"}
    assert refused(lambda: cache.create_user_group(**asked, UserIds=["orders"])) == "DefaultUserRequired"
    both = ["nobody", "orders", "other"]
    assert refused(lambda: cache.create_user_group(**asked, UserIds=both)) == "DuplicateUserName"
    assert refused(lambda: cache.create_user_group(**asked, UserIds=["nobody", "none"])) == "UserNotFound"
    assert refused(lambda: cache.create_user_group(**asked, UserIds=["all"])) == "InvalidParameterValue"
    wrong = {"UserGroupId": "people", "Engine": "redis", "UserIds": ["nobody"]}
    assert refused(lambda: cache.create_user_group(**wrong)) == "InvalidParameterValue"
    made = cache.create_user_group(**asked, UserIds=["nobody"])
    assert (made["Status"], made["UserIds"]) == ("creating", ["nobody"])
    change = {"UserGroupId": "people", "UserIdsToAdd": ["orders"]}
    assert refused(lambda: cache.modify_user_group(**change)) == "InvalidUserGroupState"
    sandbox.advance(20)
    changed = cache.modify_user_group(**change)
    assert (changed["Status"], changed["UserIds"]) == ("modifying", ["nobody"])
    assert changed["PendingChanges"]["UserIdsToAdd"] == ["orders"]
    sandbox.advance(40)
    found = cache.describe_user_groups(UserGroupId="people")["UserGroups"][0]
    assert (found["Status"], found["UserIds"]) == ("active", ["nobody", "orders"])
    assert "PendingChanges" not in found
    last = {"UserGroupId": "people", "UserIdsToRemove": ["nobody"]}
    assert refused(lambda: cache.modify_user_group(**last)) == "DefaultUserRequired"
    assert refused(lambda: cache.delete_user(UserId="nobody")) == "DefaultUserAssociatedToUserGroup"
    cache.delete_user(UserId="orders")
    assert cache.describe_user_groups(UserGroupId="people")["UserGroups"][0]["UserIds"] == ["nobody"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ReplicationGroupId": "c--x"}, "InvalidParameterValue"),
        ({"NumCacheClusters": 1}, "InvalidParameterValue"),
        ({"AutomaticFailoverEnabled": False}, "InvalidParameterCombination"),
        ({"CacheNodeType": "t4g.small"}, "InvalidParameterValue"),
        ({"EngineVersion": "9.9"}, "InvalidParameterCombination"),
        ({"CacheParameterGroupName": "none"}, "CacheParameterGroupNotFound"),
        ({"CacheParameterGroupName": "default.redis7"}, "InvalidParameterCombination"),
        ({"CacheSubnetGroupName": "none"}, "CacheSubnetGroupNotFoundFault"),
        ({"SecurityGroupIds": ["sg-0"]}, "InvalidParameterValue"),
        ({"UserGroupIds": ["none"]}, "UserGroupNotFound"),
        ({"UserGroupIds": ["none"], "TransitEncryptionEnabled": False}, "InvalidParameterCombination"),
        ({"TransitEncryptionEnabled": False, "TransitEncryptionMode": "required"}, "InvalidParameterCombination"),
        ({"TransitEncryptionEnabled": False, "AuthToken": FIRST}, "InvalidParameterCombination"),
        ({"AuthToken": "short"}, "InvalidParameterValue"),
        ({"KmsKeyId": "none"}, "InvalidParameterCombination"),
        ({"NumNodeGroups": 2}, "NotImplemented"),
    ],
)
def test_group_that_aws_would_not_create_is_refused(sandbox: Sandbox, change: dict[str, Any], code: str) -> None:
    asked = group(sandbox, **change)
    cache = sandbox.client("elasticache")
    assert refused(lambda: cache.create_replication_group(**asked)) == code
    assert cache.describe_replication_groups()["ReplicationGroups"] == []


def test_events_of_a_group_are_shown_as_elasticache_writes_them(sandbox: Sandbox) -> None:
    cache = sandbox.client("elasticache")
    cache.create_replication_group(**group(sandbox))
    about = {"SourceIdentifier": "cache", "SourceType": "replication-group", "Duration": 60}
    assert cache.describe_events(**about)["Events"] == []
    sandbox.advance(3600)
    assert [event["Message"] for event in cache.describe_events(**about)["Events"]] == [
        "Replication group cache created"
    ]


def test_group_is_created_changed_and_deleted_over_time(sandbox: Sandbox) -> None:
    cache, ec2 = sandbox.client("elasticache"), sandbox.client("ec2")
    asked = with_users(sandbox, Tags=[{"Key": "a", "Value": "b"}])
    assert refused(lambda: cache.create_replication_group(**asked)) == "InvalidUserGroupState"
    sandbox.advance(20)
    made = cache.create_replication_group(**asked)["ReplicationGroup"]
    assert (made["Status"], made["TransitEncryptionMode"], made["UserGroupIds"]) == ("creating", "required", ["people"])
    assert "PrimaryEndpoint" not in made["NodeGroups"][0]
    assert refused(lambda: cache.create_replication_group(**asked)) == "ReplicationGroupAlreadyExists"
    waiter = cache.get_waiter("replication_group_available")
    with pytest.raises(WaiterError):
        waiter.wait(ReplicationGroupId="cache", WaiterConfig=ONCE)
    change = {"ReplicationGroupId": "cache", "SnapshotRetentionLimit": 3}
    assert refused(lambda: cache.modify_replication_group(**change)) == "InvalidReplicationGroupState"
    sandbox.advance(370)
    waiter.wait(ReplicationGroupId="cache", WaiterConfig=ONCE)
    assert shown(sandbox)["NodeGroups"][0]["PrimaryEndpoint"]["Port"] == 6379
    assert shown(sandbox)["MemberClusters"] == ["cache-001", "cache-002"]
    assert cache.list_tags_for_resource(ResourceName=made["ARN"])["TagList"] == [{"Key": "a", "Value": "b"}]
    assert refused(lambda: cache.delete_cache_subnet_group(CacheSubnetGroupName="subnets")) == "CacheSubnetGroupInUse"
    subnet = cache.describe_cache_subnet_groups()["CacheSubnetGroups"][0]["Subnets"][0]["SubnetIdentifier"]
    assert refused(lambda: ec2.delete_subnet(SubnetId=subnet)) == "DependencyViolation"
    assert refused(lambda: cache.delete_user_group(UserGroupId="people")) == "InvalidUserGroupState"
    cache.modify_replication_group(**change)
    assert shown(sandbox)["Status"] == "modifying"
    sandbox.advance(130)
    assert (shown(sandbox)["Status"], shown(sandbox)["SnapshotRetentionLimit"]) == ("available", 3)
    cache.increase_replica_count(ReplicationGroupId="cache", NewReplicaCount=2, ApplyImmediately=True)
    sandbox.advance(130)
    assert len(shown(sandbox)["MemberClusters"]) == 3
    members = cache.describe_cache_clusters()["CacheClusters"]
    assert {(each["ReplicationGroupId"], each["EngineVersion"]) for each in members} == {("cache", "8.0.0")}
    cache.delete_replication_group(ReplicationGroupId="cache", FinalSnapshotIdentifier="last")
    assert shown(sandbox)["Status"] == "deleting"
    sandbox.advance(250)
    cache.get_waiter("replication_group_deleted").wait(ReplicationGroupId="cache", WaiterConfig=ONCE)
    assert cache.describe_snapshots(SnapshotName="last")["Snapshots"][0]["SnapshotStatus"] == "available"
    cache.delete_user_group(UserGroupId="people")
    cache.delete_cache_subnet_group(CacheSubnetGroupName="subnets")
    ec2.delete_subnet(SubnetId=subnet)


def test_final_snapshot_needs_a_new_name(sandbox: Sandbox) -> None:
    cache, asked = sandbox.client("elasticache"), group(sandbox)
    final = {"ReplicationGroupId": "cache", "FinalSnapshotIdentifier": "last"}
    cache.create_replication_group(**asked)
    sandbox.advance(370)
    cache.delete_replication_group(**final)
    sandbox.advance(250)
    cache.create_replication_group(**asked)
    sandbox.advance(370)
    assert refused(lambda: cache.delete_replication_group(**final)) == "SnapshotAlreadyExistsFault"
    cache.delete_snapshot(SnapshotName="last")
    cache.delete_replication_group(**final)
    assert shown(sandbox)["Status"] == "deleting"


def test_encryption_is_required_by_way_of_preferred(sandbox: Sandbox) -> None:
    cache = sandbox.client("elasticache")
    cache.create_replication_group(**group(sandbox, TransitEncryptionEnabled=False))
    sandbox.advance(370)

    def modify(**change: Any) -> Any:
        return cache.modify_replication_group(ReplicationGroupId="cache", ApplyImmediately=True, **change)

    on = {"TransitEncryptionEnabled": True}
    assert refused(lambda: modify(**on)) == "InvalidParameterCombination"
    assert refused(lambda: modify(**on, TransitEncryptionMode="required")) == "InvalidParameterCombination"
    modify(**on, TransitEncryptionMode="preferred")
    assert shown(sandbox)["TransitEncryptionEnabled"] is False
    assert shown(sandbox)["PendingModifiedValues"]["TransitEncryptionMode"] == "preferred"
    sandbox.advance(130)
    assert shown(sandbox)["TransitEncryptionMode"] == "preferred"
    modify(TransitEncryptionMode="required")
    sandbox.advance(130)
    assert (shown(sandbox)["TransitEncryptionMode"], shown(sandbox)["PendingModifiedValues"]) == ("required", {})
    assert refused(lambda: modify(TransitEncryptionEnabled=False)) == "InvalidParameterCombination"


def test_token_is_rotated_before_it_is_set(sandbox: Sandbox) -> None:
    cache = sandbox.client("elasticache")
    cache.create_replication_group(**group(sandbox, AuthToken=FIRST))
    sandbox.advance(370)

    def modify(token: str, strategy: str) -> Any:
        change = {"AuthToken": token, "AuthTokenUpdateStrategy": strategy}
        return cache.modify_replication_group(ReplicationGroupId="cache", ApplyImmediately=True, **change)

    assert refused(lambda: modify(SECOND, "SET")) == "InvalidParameterCombination"
    for strategy in ("ROTATE", "SET"):
        modify(SECOND, strategy)
        sandbox.advance(130)
    assert shown(sandbox)["AuthTokenEnabled"] is True


def test_upgrade_without_apply_immediately_waits(sandbox: Sandbox) -> None:
    cache = sandbox.client("elasticache")
    cache.create_replication_group(**group(sandbox))
    sandbox.advance(370)

    def member() -> dict[str, Any]:
        return cache.describe_cache_clusters(CacheClusterId="cache-001")["CacheClusters"][0]

    cache.modify_replication_group(ReplicationGroupId="cache", EngineVersion="8.1")
    sandbox.advance(3600)
    assert (member()["EngineVersion"], member()["PendingModifiedValues"]) == ("8.0.0", {"EngineVersion": "8.1"})
    cache.modify_replication_group(ReplicationGroupId="cache", ApplyImmediately=True)
    sandbox.advance(130)
    assert (member()["EngineVersion"], member()["PendingModifiedValues"]) == ("8.1.0", {})
    down = {"ReplicationGroupId": "cache", "EngineVersion": "7.2"}
    assert refused(lambda: cache.modify_replication_group(**down)) == "InvalidParameterCombination"


def test_parameters_are_checked(sandbox: Sandbox) -> None:
    cache = sandbox.client("elasticache")
    asked = {"CacheParameterGroupName": "own", "CacheParameterGroupFamily": "valkey8", "Description": "d"}
    cache.create_cache_parameter_group(**asked, Tags=[{"Key": "a", "Value": "b"}])
    assert refused(lambda: cache.create_cache_parameter_group(**asked)) == "CacheParameterGroupAlreadyExists"

    def change(name: str, value: str, of: str = "own") -> Any:
        values = [{"ParameterName": name, "ParameterValue": value}]
        return cache.modify_cache_parameter_group(CacheParameterGroupName=of, ParameterNameValues=values)

    assert refused(lambda: change("colour", "red")) == "InvalidParameterValue"
    assert refused(lambda: change("maxmemory-policy", "sometimes")) == "InvalidParameterValue"
    assert refused(lambda: change("timeout", "5", "default.valkey8")) == "InvalidCacheParameterGroupState"
    change("maxmemory-policy", "allkeys-lru")
    own = cache.describe_cache_parameters(CacheParameterGroupName="own", Source="user")["Parameters"]
    assert [(each["ParameterName"], each["ParameterValue"]) for each in own] == [("maxmemory-policy", "allkeys-lru")]
    cache.create_replication_group(**group(sandbox, CacheParameterGroupName="own"))
    delete = {"CacheParameterGroupName": "own"}
    assert refused(lambda: cache.delete_cache_parameter_group(**delete)) == "InvalidCacheParameterGroupState"


def test_cluster_of_its_own_takes_time(sandbox: Sandbox) -> None:
    cache = sandbox.client("elasticache")
    cache.create_cache_cluster(CacheClusterId="alone", Engine="redis", CacheNodeType="cache.t4g.small", NumCacheNodes=1)
    found = cache.describe_cache_clusters()["CacheClusters"]
    assert [(each["CacheClusterId"], each["CacheClusterStatus"]) for each in found] == [("alone", "creating")]
