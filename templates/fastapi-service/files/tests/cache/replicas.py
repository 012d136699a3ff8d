import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import httpx

from <%= it.package %>.app import create_app
from <%= it.package %>.cache.cache import Cache
from <%= it.package %>.cache.settings import (
    RedisSettings,
)
from <%= it.package %>.health import Check
from <%= it.package %>.items.cached_store import (
    CachedItems,
)
from <%= it.package %>.items.model import Item
from <%= it.package %>.items.store import (
    InMemoryItems,
)
from <%= it.package %>.parts import Parts


class SharedItems(InMemoryItems):
    """In place of the database that all replicas have; counts what is read from it."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0
        self.removed = asyncio.Event()

    async def get(self, item_id: UUID) -> Item:
        self.reads += 1
        return await super().get(item_id)

    async def remove(self, item_id: UUID) -> None:
        await super().remove(item_id)
        self.removed.set()


@asynccontextmanager
async def replica(
    items: InMemoryItems, settings: RedisSettings, *, waits: bool = True
) -> AsyncIterator[httpx.AsyncClient]:
    """One more process of the service, as far as its cache is concerned."""
    cache = Cache(settings)
    parts = Parts(
        items=CachedItems(items, cache),
        checks=[Check("cache", cache.check, required=False)],
        resources=[cache],
    )
    app = create_app(parts=parts)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        if waits:
            await until(lambda: cache_is(client, "ok"))
        yield client


async def cache_is(client: httpx.AsyncClient, state: str) -> bool:
    response = await client.get("/health/ready")
    assert response.status_code == 200
    return bool(response.json()["checks"]["cache"] == state)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Asks again and again; what never holds ends the test."""
    async with asyncio.timeout(60):
        while not await holds():  # noqa: ASYNC110  (another process has no event for us)
            await asyncio.sleep(0.01)


async def status_of(client: httpx.AsyncClient, item: Item) -> int:
    return (await client.get(f"/items/{item.id}")).status_code
