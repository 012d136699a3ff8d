"""An ElastiCache replication group is a real Valkey, with the users of the API."""

from __future__ import annotations

import ssl
from typing import Any

import pytest

from emulator.servers.redis_client import RedisClient, RedisError

from .real_servers import RealServers
from .test_elasticache import FIRST, SECOND, shown, with_users


def connect(sandbox: RealServers, password: str | None, tls: bool = True) -> RedisClient:
    endpoint = shown(sandbox)["NodeGroups"][0]["PrimaryEndpoint"]
    trusted = ssl.create_default_context(cafile=sandbox.authority) if tls else None
    client = RedisClient((endpoint["Address"], endpoint["Port"]), trusted)
    if password:
        client.call("AUTH", "orders", password)
    return client


def refused(sandbox: RealServers, password: str) -> bool:
    try:
        with connect(sandbox, password):
            return False
    except RedisError:
        return True


def test_life_of_a_cache(data: RealServers) -> None:
    cache = data.client("elasticache")
    cache.create_cache_parameter_group(
        CacheParameterGroupName="own", CacheParameterGroupFamily="valkey8", Description="d"
    )

    def active(**what: Any) -> bool:
        return cache.describe_users(**what)["Users"][0]["Status"] == "active"

    asked = with_users(data, CacheParameterGroupName="own")
    data.until(lambda: cache.describe_user_groups()["UserGroups"][0]["Status"], "active")
    cache.create_replication_group(**asked)
    data.until(lambda: shown(data)["Status"], "available")
    assert shown(data)["NodeGroups"][0]["PrimaryEndpoint"]["Port"] == 6379
    # The server and its guard: both are found by their folder when they are left alone.
    assert len(data.running()) == 2

    # Only over TLS, only as a user of the group, only what the user may do.
    with pytest.raises((RedisError, OSError)), connect(data, None, tls=False) as client:
        client.call("PING")
    with connect(data, None) as client, pytest.raises(RedisError, match="NOAUTH"):
        client.call("GET", "orders:1")
    with connect(data, FIRST) as client:
        assert client.call("SET", "orders:1", "paid") == "OK"
        for words in (["GET", "other"], ["ACL", "SETUSER", "orders", "on"], ["CONFIG", "GET", "*"]):
            with pytest.raises(RedisError, match="NOPERM"):
                client.call(*words)

    # [old] -> [old, new] -> [new]
    cache.modify_user(UserId="orders", Passwords=[FIRST, SECOND])
    data.until(lambda: active(UserId="orders"), True)
    data.until(lambda: [refused(data, password) for password in (FIRST, SECOND)], [False, False])
    cache.modify_user(UserId="orders", Passwords=[SECOND])
    data.until(lambda: active(UserId="orders"), True)
    data.until(lambda: [refused(data, password) for password in (FIRST, SECOND)], [True, False])
    with connect(data, SECOND) as client:
        assert client.call("GET", "orders:1") == "paid"

    # Both kinds of clients while the mode is preferred.
    cache.modify_replication_group(
        ReplicationGroupId="cache",
        ApplyImmediately=True,
        TransitEncryptionMode="preferred",
        TransitEncryptionEnabled=True,
    )
    data.until(lambda: shown(data)["Status"], "available")
    for tls in (True, False):
        with connect(data, SECOND, tls) as client:
            assert client.call("GET", "orders:1") == "paid"

    cache.delete_replication_group(ReplicationGroupId="cache", FinalSnapshotIdentifier="last")
    data.until(lambda: cache.describe_replication_groups()["ReplicationGroups"], [])
    data.until(lambda: data.running(), [])
    data.until(lambda: data.kept("running"), 0)
    assert data.kept("snapshots") == 1
