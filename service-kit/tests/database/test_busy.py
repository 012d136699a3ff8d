"""All connections are in use: this shows nothing about the database."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from gennet_service_kit.database.admission import Admission
from gennet_service_kit.database.connections import Database
from gennet_service_kit.database.errors import PoolExhaustedError
from gennet_service_kit.database.settings import PostgresSettings

from .statements import add, numbers, process_id

pytestmark = pytest.mark.anyio

Lines = list[MutableMapping[str, Any]]


async def test_a_request_waits_for_a_connection_no_longer_than_it_should(
    narrow: Database, log_lines: Lines
) -> None:
    async with narrow.transaction():
        with pytest.raises(PoolExhaustedError, match="busy"):
            await add(narrow, 1)
        # Readiness has its own connection.
        await narrow.check()

    assert [(line["event"], line["reason"]) for line in log_lines] == [
        ("pool exhausted", "no connection was free for 0.01 s")
    ]
    await add(narrow, 1)


async def test_a_crowd_is_served_over_the_connections_there_are(
    shared_postgres: PostgresSettings, database: Database
) -> None:
    async with Database(shared_postgres.model_copy(update={"pool_size": 2})) as crowded:
        await asyncio.gather(*(add(crowded, number) for number in range(100)))
        processes = {await process_id(crowded) for _ in range(5)}

    assert await numbers(database) == list(range(100))
    assert len(processes) <= 2


async def test_more_than_may_wait_are_refused_at_once() -> None:
    admission = Admission(places=1, waiting=1, seconds=60)
    await admission.enter()
    waiting = asyncio.create_task(admission.enter())
    await asyncio.sleep(0)

    with pytest.raises(PoolExhaustedError, match="busy"):
        await admission.enter()

    admission.leave()
    await waiting


async def test_places_are_given_in_order_and_none_is_lost_by_those_who_stop_waiting() -> None:
    admission = Admission(places=1, waiting=10, seconds=60)
    await admission.enter()
    tasks = [asyncio.create_task(admission.enter()) for _ in range(3)]
    await asyncio.sleep(0)

    tasks[0].cancel()
    admission.leave()
    # It was its turn already.
    tasks[1].cancel()
    await asyncio.wait(tasks[:2])

    await tasks[2]
    admission.leave()
    await admission.enter()


async def test_one_that_waited_for_nothing_makes_room_for_the_next_to_wait() -> None:
    admission = Admission(places=1, waiting=1, seconds=0.01)
    await admission.enter()

    for _ in range(2):
        with pytest.raises(PoolExhaustedError) as refused:
            await admission.enter()
        assert refused.value.reason == "no connection was free for 0.01 s"
