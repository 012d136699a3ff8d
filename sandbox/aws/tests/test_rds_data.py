"""An RDS instance is a real PostgreSQL."""

from __future__ import annotations

import ssl
from typing import Any

import pytest

from emulator.servers.postgres_client import PostgresClient, PostgresError

from .conftest import REGION
from .real_servers import RealServers
from .test_rds import OTHER, parameter, shown, wanted

FIRST, SECOND = "the-first-password", "the-second-password"


def connect(sandbox: RealServers, instance: dict[str, Any], password: str, tls: bool = True) -> PostgresClient:
    endpoint = instance["Endpoint"]
    trusted = ssl.create_default_context(cafile=sandbox.authority) if tls else None
    return PostgresClient((endpoint["Address"], endpoint["Port"]), "owner", password, "orders", trusted)


def status(sandbox: RealServers, name: str = "db", region: str = REGION) -> str:
    return shown(sandbox, name, region)["DBInstanceStatus"]


def test_life_of_a_database(data: RealServers) -> None:
    rds, elsewhere = data.client("rds"), data.client("rds", OTHER)
    rds.create_db_parameter_group(DBParameterGroupName="own", DBParameterGroupFamily="postgres17", Description="d")
    rds.create_db_instance(**wanted(MasterUserPassword=FIRST, DBName="orders", DBParameterGroupName="own"))
    data.until(lambda: status(data), "available")
    assert shown(data)["Endpoint"]["Port"] == 5432
    with connect(data, shown(data), FIRST) as client:
        client.query("CREATE TABLE items (name text)")
        client.query("INSERT INTO items VALUES ('first')")
        assert client.query("SHOW server_encoding") == [("UTF8",)]

    # Without TLS no one gets in, unless the group allows it.
    with pytest.raises(PostgresError, match="no encryption"):
        connect(data, shown(data), FIRST, tls=False)
    changes = [parameter("rds.force_ssl", "0", "immediate"), parameter("statement_timeout", "4321", "immediate")]
    rds.modify_db_parameter_group(DBParameterGroupName="own", Parameters=changes)
    data.until(lambda: shown(data)["DBParameterGroups"][0]["ParameterApplyStatus"], "in-sync")
    connect(data, shown(data), FIRST, tls=False).__exit__(None, None, None)

    # The change of the password is real.
    rds.modify_db_instance(DBInstanceIdentifier="db", MasterUserPassword=SECOND)
    data.until(lambda: shown(data)["PendingModifiedValues"], {})
    with pytest.raises(PostgresError, match="password authentication failed"):
        connect(data, shown(data), FIRST)
    rds.reboot_db_instance(DBInstanceIdentifier="db")
    assert status(data) == "rebooting"
    data.until(lambda: status(data), "available")
    with connect(data, shown(data), SECOND) as client:
        assert client.query("SHOW statement_timeout") == [("4321ms",)]

    # The replica follows, refuses writes, and takes them once it is promoted.
    source = shown(data)["DBInstanceArn"]
    elsewhere.create_db_instance_read_replica(DBInstanceIdentifier="copy", SourceDBInstanceIdentifier=source)
    data.until(lambda: status(data, "copy", OTHER), "available")
    with connect(data, shown(data), SECOND) as client:
        client.query("INSERT INTO items VALUES ('second')")
    copy = shown(data, "copy", OTHER)
    with connect(data, copy, SECOND) as client:
        data.until(lambda: client.query("SELECT count(*) FROM items"), [("2",)])
        with pytest.raises(PostgresError, match="read-only transaction"):
            client.query("INSERT INTO items VALUES ('third')")
    elsewhere.promote_read_replica(DBInstanceIdentifier="copy")
    data.until(lambda: "ReadReplicaSourceDBInstanceIdentifier" in shown(data, "copy", OTHER), False)
    data.until(lambda: status(data, "copy", OTHER), "available")
    with connect(data, copy, SECOND) as client:
        client.query("INSERT INTO items VALUES ('third')")
        assert client.query("SELECT count(*) FROM items") == [("3",)]

    # A final snapshot has what was written, and the password of then. Nothing else is left.
    rds.delete_db_instance(DBInstanceIdentifier="db", FinalDBSnapshotIdentifier="last")
    elsewhere.delete_db_instance(DBInstanceIdentifier="copy", SkipFinalSnapshot=True)
    for client, name in ((rds, "db"), (elsewhere, "copy")):
        client.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier=name, WaiterConfig={"Delay": 1})
    data.until(lambda: data.running(), [])
    rds.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier="again", DBSnapshotIdentifier="last", DBInstanceClass="db.t4g.medium"
    )
    data.until(lambda: status(data, "again"), "available")
    with connect(data, shown(data, "again"), SECOND) as client:
        assert client.query("SELECT name FROM items") == [("first",), ("second",)]
    # A reset of the whole AWS leaves nothing, too.
    data.control("POST", "/reset")
    data.until(lambda: data.running(), [])
    data.until(lambda: data.kept("running"), 0)
