import asyncio
from uuid import UUID

import httpx
import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from <%= it.package %>.cache.cache import Cache
from <%= it.package %>.cache.connection import connect
from <%= it.package %>.cache.settings import (
    RedisSettings,
)
from <%= it.package %>.items.model import (
    Item,
    NewItem,
)
from <%= it.package %>.items.store import (
    InMemoryItems,
)

from .replicas import SharedItems, replica, status_of, until

pytestmark = pytest.mark.anyio


class SlowItems(InMemoryItems):
    """Has read what it answers, and waits until it may."""

    def __init__(self) -> None:
        super().__init__()
        self.has_read, self.may_answer = asyncio.Event(), asyncio.Event()

    async def get(self, item_id: UUID) -> Item:
        item = await super().get(item_id)
        self.has_read.set()
        await self.may_answer.wait()
        return item


async def test_an_item_is_read_from_the_store_once_for_all_replicas(
    redis_settings: RedisSettings,
) -> None:
    items = SharedItems()
    item = await items.add(NewItem(name="one"))
    async with replica(items, redis_settings) as a, replica(items, redis_settings) as b:
        answers = await asyncio.gather(*(a.get(f"/items/{item.id}") for _ in range(20)))
        answers += [await b.get(f"/items/{item.id}"), await b.get(f"/items/{item.id}")]

    assert {answer.text for answer in answers} == {item.model_dump_json()}
    assert items.reads == 1


async def test_what_one_replica_removes_is_gone_from_the_other(
    redis_settings: RedisSettings,
) -> None:
    items = SharedItems()
    async with replica(items, redis_settings) as a, replica(items, redis_settings) as b:
        item = Item.model_validate((await a.post("/items", json={"name": "one"})).json())
        assert [await status_of(b, item) for _ in range(3)] == [200, 200, 200]
        assert items.reads == 1

        assert (await a.delete(f"/items/{item.id}")).status_code == 204

        assert await status_of(a, item) == 404
        await until(lambda: is_gone(b, item))


async def is_gone(client: httpx.AsyncClient, item: Item) -> bool:
    return await status_of(client, item) == 404


async def test_what_was_read_before_a_removal_is_not_kept_after_it(
    redis_settings: RedisSettings,
) -> None:
    items, slow = InMemoryItems(), SlowItems()
    slow._items = items._items
    item = await items.add(NewItem(name="one"))
    async with replica(slow, redis_settings) as a, replica(items, redis_settings) as b:
        reading = asyncio.create_task(status_of(a, item))
        await slow.has_read.wait()
        assert (await b.delete(f"/items/{item.id}")).status_code == 204
        slow.may_answer.set()
        assert await reading == 200

        assert await status_of(b, item) == 404
        await until(lambda: is_gone(a, item))


async def test_a_removal_is_told_though_its_caller_has_gone(redis_settings: RedisSettings) -> None:
    items = SharedItems()
    item = await items.add(NewItem(name="one"))
    async with replica(items, redis_settings) as a, replica(items, redis_settings) as b:
        assert await status_of(b, item) == 200
        removal = asyncio.create_task(a.delete(f"/items/{item.id}"))
        await items.removed.wait()
        removal.cancel()
        await asyncio.wait([removal])
        assert removal.cancelled()

        await until(lambda: is_gone(b, item))


async def test_what_another_version_wrote_is_read_from_the_store(
    redis_settings: RedisSettings,
) -> None:
    items = SharedItems()
    item = await items.add(NewItem(name="one"))
    async with connect(redis_settings) as redis, replica(items, redis_settings) as client:
        await redis.set(f"{redis_settings.prefix}:items:{item.id}", '{"id": 1}')

        answers = [await client.get(f"/items/{item.id}") for _ in range(3)]

    assert {answer.text for answer in answers} == {item.model_dump_json()}
    assert items.reads == 2


@pytest.mark.parametrize("turns", range(0, 60, 3))
async def test_it_can_be_left_whatever_it_does_at_that_moment(
    redis_settings: RedisSettings, turns: int
) -> None:
    async with asyncio.timeout(60):
        async with Cache(redis_settings):
            for _ in range(turns):
                await asyncio.sleep(0)


async def test_the_cache_s_commands_are_spans_of_the_request_without_keys_and_values(
    spans: InMemorySpanExporter, redis_settings: RedisSettings
) -> None:
    items = InMemoryItems()
    item = await items.add(NewItem(name="hunter2"))
    async with replica(items, redis_settings) as client:
        spans.clear()
        assert await status_of(client, item) == 200

    [request] = [span for span in spans.get_finished_spans() if span.kind is SpanKind.SERVER]
    commands = [span for span in spans.get_finished_spans() if span.kind is SpanKind.CLIENT]
    assert request.context is not None
    assert [span.name for span in commands] == ["SET", "EVAL"]
    for span in commands:
        assert span.context is not None
        assert span.context.trace_id == request.context.trace_id
        assert "hunter2" not in span.to_json()
        assert str(item.id) not in span.to_json()
