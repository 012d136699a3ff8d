import asyncio

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from gennet_service_kit.cache.cache import Cache
from gennet_service_kit.cache.settings import RedisSettings

from .replicas import Database, replica, until_read

pytestmark = pytest.mark.anyio


class SlowDatabase(Database):
    """Has read what it answers, and waits until it may."""

    def __init__(self, **rows: str) -> None:
        super().__init__(**rows)
        self.has_read, self.may_answer = asyncio.Event(), asyncio.Event()

    async def read(self, key: str) -> str:
        value = await super().read(key)
        self.has_read.set()
        await self.may_answer.wait()
        return value


async def test_a_value_is_read_from_the_database_once_for_all_replicas(
    redis_settings: RedisSettings,
) -> None:
    database = Database(a="one")
    async with replica(database, redis_settings) as a, replica(database, redis_settings) as b:
        values = await asyncio.gather(*(a.read("a") for _ in range(20)))
        values += [await b.read("a"), await b.read("a")]

    assert set(values) == {"one"}
    assert database.reads == 1


async def test_what_one_replica_changes_is_changed_for_the_other(
    redis_settings: RedisSettings,
) -> None:
    database = Database(a="old")
    async with replica(database, redis_settings) as a, replica(database, redis_settings) as b:
        assert [await each.read("a") for each in (a, b, b)] == ["old"] * 3
        assert database.reads == 1

        await a.change("a", "new")

        assert await a.read("a") == "new"
        await until_read(b, "a", "new")


async def test_what_was_read_before_a_change_is_not_kept_after_it(
    redis_settings: RedisSettings,
) -> None:
    slow, database = SlowDatabase(a="old"), Database(a="old")
    async with replica(slow, redis_settings) as a, replica(database, redis_settings) as b:
        reading = asyncio.create_task(a.read("a"))
        await slow.has_read.wait()
        await b.change("a", "new")
        slow.rows["a"] = "new"
        slow.may_answer.set()
        assert await reading == "old"

        assert await b.read("a") == "new"
        await until_read(a, "a", "new")


async def test_a_change_reaches_the_others_though_its_caller_is_cancelled(
    redis_settings: RedisSettings,
) -> None:
    database = Database(a="old")
    async with replica(database, redis_settings) as a, replica(database, redis_settings) as b:
        assert await b.read("a") == "old"
        change = asyncio.create_task(a.change("a", "new"))
        await asyncio.sleep(0)
        change.cancel()
        await asyncio.wait([change])
        assert change.cancelled()

        await until_read(b, "a", "new")


async def test_a_replica_that_stops_has_sent_its_drops(redis_settings: RedisSettings) -> None:
    database = Database(a="old")
    async with replica(database, redis_settings) as b:
        async with replica(database, redis_settings) as a:
            assert await b.read("a") == "old"
            change = asyncio.create_task(a.change("a", "new"))
            await asyncio.sleep(0)
        await change

        await until_read(b, "a", "new")


@pytest.mark.parametrize("turns", range(0, 60, 4))
async def test_it_can_be_left_whatever_it_does_at_that_moment(
    redis_settings: RedisSettings, turns: int
) -> None:
    before = asyncio.all_tasks()
    async with asyncio.timeout(60):
        async with Cache(redis_settings):
            for _ in range(turns):
                await asyncio.sleep(0)
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize("turns", range(0, 10))
async def test_it_can_be_left_while_it_closes_a_session(
    redis_settings: RedisSettings, turns: int
) -> None:
    before = asyncio.all_tasks()
    async with asyncio.timeout(60):
        async with replica(Database(), redis_settings) as a:
            a.cache._shared.lose(ConnectionError())
            for _ in range(turns):
                await asyncio.sleep(0)
    assert asyncio.all_tasks() == before


async def test_commands_are_spans_of_the_request_without_keys_and_values(
    spans: InMemorySpanExporter, redis_settings: RedisSettings
) -> None:
    async with replica(Database(hunter1="hunter2"), redis_settings) as a:
        spans.clear()
        with trace.get_tracer("test").start_as_current_span("request", kind=SpanKind.SERVER):
            assert await a.read("hunter1") == "hunter2"
            await a.change("hunter1", "hunter3")
        await asyncio.sleep(0)

    [request] = [span for span in spans.get_finished_spans() if span.kind is SpanKind.SERVER]
    commands = [span for span in spans.get_finished_spans() if span.kind is SpanKind.CLIENT]
    assert request.context is not None
    assert [span.name for span in commands] == ["SET", "EVAL", "DEL"]
    for span in commands:
        assert span.context is not None
        assert span.context.trace_id == request.context.trace_id
        assert "hunter" not in span.to_json()


async def test_a_crowd_of_reads_is_answered_by_redis_over_a_single_connection(
    redis_settings: RedisSettings,
) -> None:
    keys = [str(number) for number in range(400)]
    database = Database(**dict.fromkeys(keys, "value"))
    tight = redis_settings.model_copy(update={"connections": 2})
    async with replica(database, redis_settings) as filler:
        await asyncio.gather(*map(filler.read, keys))
    assert database.reads == 400

    async with replica(database, tight) as crowded:
        await asyncio.gather(*map(crowded.read, keys))
        assert crowded.reaches_redis()
    assert database.reads == 400
