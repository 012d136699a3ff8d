"""Failures of the server, which are answered with 503, and mistakes in a query, which are not."""

import asyncio
from collections.abc import Iterator

import pytest
import structlog
from neo4j import Driver
from neo4j.exceptions import DriverError, Neo4jError, ResultError, ServiceUnavailable
from pydantic import SecretStr

from gennet_service_kit.graph.failures import GraphError, explain, is_outage
from gennet_service_kit.graph.graph import Graph
from gennet_service_kit.graph.settings import Neo4jSettings
from gennet_service_kit.graph.transaction import Transaction
from gennet_service_kit.problems import UnavailableError

from .work import CONSTRAINTS, add_item, echo

pytestmark = pytest.mark.anyio


def from_server(code: str) -> Neo4jError:
    return Neo4jError._hydrate_neo4j(code=code, message="about 'hunter2'")


@pytest.mark.parametrize(
    "code",
    [
        "Neo.ClientError.Cluster.NotALeader",
        "Neo.ClientError.Database.DatabaseNotFound",
        "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase",
        "Neo.ClientError.Security.AuthenticationRateLimit",
        "Neo.ClientError.Security.CredentialsExpired",
        "Neo.ClientError.Security.Unauthorized",
        "Neo.ClientError.Transaction.InvalidBookmark",
        "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration",
        "Neo.DatabaseError.General.UnknownError",
        "Neo.DatabaseError.Transaction.TransactionCommitFailed",
        "Neo.TransientError.General.DatabaseUnavailable",
        "Neo.TransientError.Transaction.DeadlockDetected",
    ],
)
def test_what_the_server_cannot_do_at_the_moment_is_an_outage(code: str) -> None:
    error = from_server(code)
    assert is_outage(error)
    assert explain(error) == code


@pytest.mark.parametrize(
    "code",
    [
        "Neo.ClientError.Schema.ConstraintValidationFailed",
        "Neo.ClientError.Statement.ParameterMissing",
        "Neo.ClientError.Statement.SyntaxError",
        "Neo.ClientError.Transaction.ForbiddenDueToTransactionType",
    ],
)
def test_a_mistake_in_a_query_is_no_outage(code: str) -> None:
    assert not is_outage(from_server(code))


@pytest.mark.parametrize(
    ("error", "outage"), [(ServiceUnavailable("refused\nby all"), True), (ResultError(None), False)]
)
def test_a_connection_may_be_lost_and_a_result_used_wrongly(
    error: DriverError, outage: bool
) -> None:
    assert is_outage(error) is outage
    assert "\n" not in explain(error)


@pytest.fixture
def login(neo4j_settings: Neo4jSettings, neo4j_driver: Driver) -> Iterator[Neo4jSettings]:
    """A user of the test alone, whose password may be changed."""
    neo4j_driver.execute_query(
        "CREATE OR REPLACE USER rotated SET PASSWORD 'of the test' CHANGE NOT REQUIRED",
        database_="system",
    )
    yield neo4j_settings.model_copy(
        update={"username": "rotated", "password": SecretStr("of the test")}
    )
    neo4j_driver.execute_query("DROP USER rotated", database_="system")


def change_password(driver: Driver, password: str) -> None:
    driver.execute_query(
        "ALTER USER rotated SET PASSWORD $password", password=password, database_="system"
    )


async def test_a_changed_password_is_an_outage_with_a_reason_until_it_is_valid_again(
    login: Neo4jSettings, neo4j_driver: Driver
) -> None:
    await asyncio.to_thread(change_password, neo4j_driver, "another one")
    async with Graph(login, []) as graph:
        with structlog.testing.capture_logs() as lines:
            with pytest.raises(UnavailableError, match="not available at the moment"):
                await graph.read(echo)
            with pytest.raises(GraphError, match=r"^Neo\.ClientError\.Security\.Unauthorized$"):
                await graph.check()
        assert [line["error"] for line in lines] == ["Neo.ClientError.Security.Unauthorized"]

        await asyncio.to_thread(change_password, neo4j_driver, "of the test")
        await graph.check()
        await graph.read(echo)


async def test_a_database_that_does_not_exist_is_an_outage(neo4j_settings: Neo4jSettings) -> None:
    missing = neo4j_settings.model_copy(update={"database": "missing"})
    async with Graph(missing, CONSTRAINTS) as graph:
        with pytest.raises(UnavailableError):
            await graph.read(echo)
        with pytest.raises(GraphError, match="DatabaseNotFound"):
            await graph.check()


async def test_a_transaction_that_an_operator_terminates_is_an_outage(
    graph: Graph, neo4j_driver: Driver
) -> None:
    def terminate() -> None:
        records, _, _ = neo4j_driver.execute_query(
            "SHOW TRANSACTIONS YIELD transactionId, currentQuery, activeLockCount "
            "WHERE activeLockCount > 0 AND NOT currentQuery STARTS WITH 'SHOW'"
        )
        for [transaction, *_] in records:
            neo4j_driver.execute_query("TERMINATE TRANSACTION $id", id=transaction)

    async def work(transaction: Transaction) -> None:
        await add_item(transaction)
        await asyncio.to_thread(terminate)
        await add_item(transaction)

    with pytest.raises(UnavailableError):
        await graph.write(work)


REMOVED = "Neo.ClientError.Statement.EntityNotFound"


async def test_work_is_run_again_when_another_transaction_removed_what_it_found(
    graph: Graph,
) -> None:
    attempts = 0

    async def work(transaction: Transaction) -> int:
        nonlocal attempts
        attempts += 1
        if attempts < 3:
            raise from_server(REMOVED)
        return attempts

    assert await graph.write(work) == 3


async def test_a_query_that_uses_what_it_has_deleted_is_a_mistake(graph: Graph) -> None:
    attempts = 0

    async def work(transaction: Transaction) -> None:
        nonlocal attempts
        attempts += 1
        await transaction.run("CREATE (n:Gone {name: 'one'}) DELETE n RETURN n.name")

    with pytest.raises(Neo4jError):
        await graph.write(work)
    assert attempts == 6


async def test_nodes_that_some_merge_and_others_delete_fail_no_one(graph: Graph) -> None:
    async def merge(transaction: Transaction) -> None:
        await transaction.run("MERGE (a:Race {id: 1}) MERGE (b:Race {id: 2}) MERGE (a)-[:TO]->(b)")

    async def delete(transaction: Transaction) -> None:
        await transaction.run("MATCH (n:Race) DETACH DELETE n")

    for _ in range(10):
        await asyncio.gather(*(graph.write(each) for each in [merge, delete] * 6))
