"""Requests that are sent again, over both stores of keys and over PostgreSQL alone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Response
from pydantic import BaseModel
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gennet_service_kit.database.connections import Database
from gennet_service_kit.database.idempotency import IdempotencyKeys
from gennet_service_kit.database.settings import PostgresSettings
from gennet_service_kit.idempotency.key import IdempotencyKey, UsesIdempotencyKey, digest
from gennet_service_kit.idempotency.memory import MemoryIdempotencyKeys
from gennet_service_kit.problems import ConflictError, install_problem_handlers
from gennet_service_kit.testing.door import Door

from .items import ItemRow

pytestmark = pytest.mark.anyio


class Item(BaseModel):
    id: UUID
    name: str


class NewItem(BaseModel):
    name: str


class PostgresItems:
    """A store as a service would have it."""

    def __init__(self, database: Database, kept_seconds: float = 60) -> None:
        self.database = database
        self.keys = IdempotencyKeys(database, kept_seconds)
        self.reached = asyncio.Event()
        self.proceed = asyncio.Event()
        self.proceed.set()

    async def add(self, new: NewItem, key: IdempotencyKey | None) -> Item:
        async def work(connection: AsyncConnection) -> Item:
            item = Item(id=uuid4(), name=new.name)
            await connection.execute(insert(ItemRow).values(item.model_dump()))
            self.reached.set()
            await self.proceed.wait()
            if new.name == "refused":
                raise ConflictError("Not this one.")
            return item

        return await self.keys.once(key, Item, work)

    async def count(self) -> int:
        async with self.database.transaction() as connection:
            return int(await connection.scalar(text("SELECT count(*) FROM items")) or 0)


class MemoryItems:
    def __init__(self, now: Callable[[], float]) -> None:
        self.keys = MemoryIdempotencyKeys(60, clock=now)
        self.items: list[Item] = []
        self.reached = asyncio.Event()
        self.proceed = asyncio.Event()
        self.proceed.set()

    async def add(self, new: NewItem, key: IdempotencyKey | None) -> Item:
        async def work() -> Item:
            item = Item(id=uuid4(), name=new.name)
            self.reached.set()
            await self.proceed.wait()
            if new.name == "refused":
                raise ConflictError("Not this one.")
            self.items.append(item)
            return item

        return await self.keys.once(key, Item, work)

    async def count(self) -> int:
        return len(self.items)


Store = PostgresItems | MemoryItems


@pytest.fixture
async def postgres_items(postgres: PostgresSettings) -> AsyncIterator[PostgresItems]:
    async with Database(postgres) as database:
        yield PostgresItems(database)


@pytest.fixture
def memory_items() -> MemoryItems:
    return MemoryItems(lambda: 0.0)


@pytest.fixture(params=["postgres_items", "memory_items"])
def items(request: pytest.FixtureRequest) -> Store:
    store: Store = request.getfixturevalue(request.param)
    return store


@pytest.fixture
def client(items: Store) -> httpx.AsyncClient:
    return client_of(items)


def client_of(items: Store) -> httpx.AsyncClient:
    router = APIRouter()

    @router.post("/items", status_code=201)
    async def add_item(new: NewItem, key: UsesIdempotencyKey, response: Response) -> Item:
        item = await items.add(new, key)
        response.headers["location"] = f"/items/{item.id}"
        return item

    app = FastAPI()
    install_problem_handlers(app)
    if isinstance(items, PostgresItems):
        items.database.install(app)
    app.include_router(router)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def add(client: httpx.AsyncClient, name: str, key: str | None) -> httpx.Response:
    headers = {"idempotency-key": key} if key else {}
    return await client.post("/items", json={"name": name}, headers=headers)


async def test_a_request_that_is_sent_again_has_the_same_answer_and_no_effect(
    client: httpx.AsyncClient, items: Store
) -> None:
    first = await add(client, "a", "key")
    second = await add(client, "a", "key")

    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert first.headers["location"] == second.headers["location"]
    assert await items.count() == 1


async def test_a_key_with_another_request_is_refused(
    client: httpx.AsyncClient, items: Store
) -> None:
    await add(client, "a", "key")

    refused = await add(client, "b", "key")

    assert refused.status_code == 422
    assert refused.json()["detail"] == "The Idempotency-Key was used for another request."
    assert await items.count() == 1


async def test_a_key_that_is_being_worked_on_is_refused_until_its_work_is_done(
    client: httpx.AsyncClient, items: Store
) -> None:
    items.proceed.clear()
    first = asyncio.create_task(add(client, "a", "key"))
    await items.reached.wait()

    early = await add(client, "a", "key")
    items.proceed.set()
    answered = await first
    late = await add(client, "a", "key")

    assert (early.status_code, early.headers["retry-after"]) == (409, "1")
    assert (late.status_code, late.content) == (201, answered.content)
    assert await items.count() == 1


async def test_of_many_that_send_a_key_at_once_one_has_an_effect(
    client: httpx.AsyncClient, items: Store
) -> None:
    answers = await asyncio.gather(*(add(client, "a", "key") for _ in range(5)))

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert await items.count() == 1


async def test_a_request_that_failed_may_be_sent_again(
    client: httpx.AsyncClient, items: Store
) -> None:
    """Its error undid the work, and the key with it."""
    answers = [await add(client, "refused", "key") for _ in range(2)]
    other = await add(client, "a", "key")

    assert [answer.json()["detail"] for answer in answers] == ["Not this one."] * 2
    assert other.status_code == 201
    assert await items.count() == 1


async def test_a_request_that_was_cancelled_may_be_sent_again(
    client: httpx.AsyncClient, items: Store
) -> None:
    items.proceed.clear()
    first = asyncio.create_task(add(client, "a", "key"))
    await items.reached.wait()
    first.cancel()
    await asyncio.wait([first])
    items.proceed.set()

    assert (await add(client, "a", "key")).status_code == 201
    assert await items.count() == 1


async def test_without_a_key_each_request_has_its_effect(
    client: httpx.AsyncClient, items: Store
) -> None:
    for name in "ab":
        assert (await add(client, name, None)).status_code == 201

    assert await items.count() == 2


async def test_a_key_is_kept_for_some_time(postgres: PostgresSettings) -> None:
    async with Database(postgres) as database:
        brief = PostgresItems(database, kept_seconds=0.01)
        await add(client_of(brief), "a", "key")
        await asyncio.sleep(0.02)

        assert (await add(client_of(brief), "b", "key")).status_code == 201
        assert await brief.count() == 2


def test_a_key_in_memory_is_kept_for_some_time() -> None:
    now = 0.0

    async def add_twice() -> int:
        nonlocal now
        store = MemoryItems(lambda: now)
        await add(client_of(store), "a", "key")
        now = 61
        await add(client_of(store), "a", "key")
        return await store.count()

    assert asyncio.run(add_twice()) == 2


async def test_keys_that_are_too_old_are_removed_a_few_at_a_time(
    postgres_items: PostgresItems,
) -> None:
    old = (
        "INSERT INTO idempotency_keys (id, fingerprint, result, kept_until) "
        "SELECT decode(md5(n::text), 'hex'), '', '1', now() - make_interval(secs => n) "
        "FROM generate_series(1, 10) n"
    )
    count = text("SELECT count(*) FROM idempotency_keys")
    left = []
    async with postgres_items.database.transaction() as connection:
        await connection.execute(text(old))
    for number in range(6):
        await postgres_items.keys.once(key_named(str(number)), int, one)
        async with postgres_items.database.transaction() as connection:
            left.append(await connection.scalar(count))

    assert left == [9, 8, 7, 6, 5, 6]


async def test_keys_are_found_and_removed_by_indexes(postgres_items: PostgresItems) -> None:
    names = "SELECT indexdef FROM pg_indexes WHERE tablename = 'idempotency_keys' ORDER BY 1"
    async with postgres_items.database.transaction() as connection:
        found = (await connection.execute(text(names))).scalars().all()

    assert [index.partition(" USING ")[2] for index in found] == [
        "btree (kept_until)",
        "btree (id)",
    ]


class CommitDoor(Door):
    """Cuts the first connection that commits, when the server has done it."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self._commits = asyncio.Event()
        self._cut = False

    async def _copy(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while part := await source.read(65536):
            if self._commits.is_set() and not self._cut:
                self._cut = True
                raise ConnectionResetError
            if b"COMMIT" in part:
                self._commits.set()
            target.write(part)
            await target.drain()
        target.write_eof()


async def test_a_request_whose_commit_was_lost_is_not_done_twice(
    postgres: PostgresSettings,
) -> None:
    """The server has committed, but its answer does not arrive."""
    door = CommitDoor(postgres.host, postgres.port)
    await door.open()
    async with Database(postgres.model_copy(update={"port": door.port})) as database:
        items = PostgresItems(database)
        async with client_of(items) as client:
            lost = await add(client, "a", "key")
            again = await add(client, "a", "key")
        count = await items.count()
    await door.shut()

    assert (lost.status_code, lost.headers["retry-after"]) == (503, "1")
    assert "did not confirm the change" in lost.json()["detail"]
    assert (again.status_code, count) == (201, 1)


def key_named(name: str) -> IdempotencyKey:
    return IdempotencyKey(digest(name), b"f" * 32)


async def one(_: AsyncConnection) -> int:
    return 1
