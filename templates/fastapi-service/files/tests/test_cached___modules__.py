<% const { module, modules, type, types } = it.entity; -%>
"""Single <%= it.entity.plural %> are read through the cache."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from gennet_service_kit.cache.cache import Cache
from gennet_service_kit.cache.errors import CacheUnreachableError
from gennet_service_kit.cache.settings import RedisSettings
from gennet_service_kit.problems import NotFoundError

<%= it.python.importing(`${it.package}.${modules}.cached_store`, `Cached${types}`, "key_of") %>
<%= it.python.importing(`${it.package}.${modules}.model`, `New${type}`, type) %>
<%= it.python.importing(`${it.package}.${modules}.store`, `InMemory${types}`) %>

pytestmark = pytest.mark.anyio


class Counting<%= types %>(InMemory<%= types %>):
    """A store that counts how often it is asked."""

    reads = 0

    async def get(self, <%= module %>_id: UUID) -> <%= type %>:
        self.reads += 1
        return await super().get(<%= module %>_id)


async def until_reachable(cache: Cache) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                return await cache.check()
            except CacheUnreachableError:
                await asyncio.sleep(0.01)


@pytest.fixture
async def caches(redis_settings: RedisSettings) -> AsyncIterator[tuple[Cache, Cache]]:
    """Those of two replicas."""
    async with Cache(redis_settings) as one, Cache(redis_settings) as other:
        await asyncio.gather(until_reachable(one), until_reachable(other))
        yield one, other


async def test_the_store_is_asked_once(caches: tuple[Cache, Cache]) -> None:
    store = Counting<%= types %>()
    added = await store.add(New<%= type %>(name="first"))

    for cache in caches * 2:
        assert await Cached<%= types %>(store, cache).get(added.id) == added

    assert store.reads == 1


async def until_gone(<%= modules %>: Cached<%= types %>, <%= module %>_id: UUID) -> None:
    """Returns when it is found no more: the other replica hears of a change a moment later."""
    async with asyncio.timeout(30):
        while True:
            try:
                await <%= modules %>.get(<%= module %>_id)
            except NotFoundError:
                return
            await asyncio.sleep(0.01)


async def test_what_is_removed_is_read_by_no_replica(caches: tuple[Cache, Cache]) -> None:
    store = InMemory<%= types %>()
    one, other = (Cached<%= types %>(store, cache) for cache in caches)
    added = await one.add(New<%= type %>(name="short-lived"))
    assert await one.get(added.id) == await other.get(added.id)

    await one.remove(added.id)

    with pytest.raises(NotFoundError):
        await one.get(added.id)
    await until_gone(other, added.id)


async def test_what_another_version_wrote_is_read_from_the_store(
    caches: tuple[Cache, Cache],
) -> None:
    store = Counting<%= types %>()
    added = await store.add(New<%= type %>(name="first"))

    async def of_another_version() -> str:
        return "{}"

    await caches[0].get(key_of(added.id), of_another_version)

    assert await Cached<%= types %>(store, caches[0]).get(added.id) == added
