"""Lists that are read while others write."""

import asyncio
import base64
import json
import random
from typing import Any

import pytest
from sqlalchemy import Select, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gennet_service_kit.database.connections import Database
from gennet_service_kit.database.listing import between, page
from gennet_service_kit.database.restored import settle_restored_rows
from gennet_service_kit.database.settings import PostgresSettings
from gennet_service_kit.database.snapshot import MOST_RUNNING, current_snapshot
from gennet_service_kit.paging.page import InvalidCursorError, Page

from .items import Base, ItemRow, Items, insert_item

pytestmark = pytest.mark.anyio


@pytest.fixture
async def items(database: Database, shared_postgres: PostgresSettings) -> Items:
    async with database.transaction() as connection:
        await connection.execute(text(f"SET LOCAL ROLE {shared_postgres.owner}"))
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    return Items(database)


async def read_on(items: Items, limit: int, cursor: str | None) -> tuple[list[str], str]:
    """Reads to the last page; returns the names, and the cursor for what is added afterwards."""
    names: list[str] = []
    while True:
        found = await items.page(limit, cursor)
        names += found.rows
        if found.next is None:
            assert found.newer is not None
            return names, found.newer
        assert found.newer is None
        cursor = found.next


async def test_pages_have_the_order_of_adding_and_each_item_once(items: Items) -> None:
    await items.add(*"dacb")

    pages = [await items.page(3)]
    pages.append(await items.page(3, pages[0].next))

    assert [page.rows for page in pages] == [["d", "a", "c"], ["b"]]
    assert pages[1].next is None


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7])
async def test_pages_of_any_size_show_the_same(items: Items, limit: int) -> None:
    await items.add(*"abc")
    async with items.database.transaction() as connection:
        for name in "def":
            await insert_item(connection, name)

    assert (await read_on(items, limit, None))[0] == list("abcdef")


async def test_an_empty_list_has_one_page_and_is_followed_from_there(items: Items) -> None:
    names, newer = await read_on(items, 10, None)
    await items.add("a")

    assert names == []
    assert await items.page(10, newer) == Page(["a"], None, (await items.page(10, newer)).newer)


async def test_what_was_just_added_is_on_the_first_page(items: Items) -> None:
    """However long another transaction runs, in whichever database of the server."""
    async with items.database.transaction() as slow:
        await slow.execute(text("INSERT INTO numbers VALUES (1)"))
        await items.add("mine")

        assert (await items.page(10)).rows == ["mine"]


async def test_the_item_that_a_page_ended_with_may_be_removed(items: Items) -> None:
    await items.add(*"abcd")
    first = await items.page(2)

    await items.remove("b")
    await items.remove("c")

    assert (await items.page(2, first.next)).rows == ["d"]


async def test_an_item_that_is_committed_late_is_not_skipped(items: Items) -> None:
    async with items.database.transaction() as slow:
        await insert_item(slow, "slow")
        await items.add("fast")
        names, newer = await read_on(items, 50, None)
        assert names == ["fast"]

    assert (await read_on(items, 50, newer))[0] == ["slow"]


async def test_an_item_that_is_committed_while_pages_are_read_is_on_the_last_one(
    items: Items,
) -> None:
    async with items.database.transaction() as slow:
        await insert_item(slow, "slow")
        await items.add(*"abc")
        first = await items.page(2)

    assert (await read_on(items, 2, first.next))[0] == ["c", "slow"]


async def test_a_transaction_that_began_first_may_insert_last(items: Items) -> None:
    """Ids of transactions and positions are in opposite orders."""
    async with items.database.transaction() as early:
        await early.execute(text("SELECT pg_current_xact_id()"))
        async with items.database.transaction() as late:
            await insert_item(late, "inserted first")
            await insert_item(early, "committed first")
            await early.commit()
            names, newer = await read_on(items, 50, None)

    assert names == ["committed first"]
    assert (await read_on(items, 50, newer))[0] == ["inserted first"]


async def test_items_that_were_rolled_back_and_changed_are_not_shown_twice(items: Items) -> None:
    await items.add(*"ab")
    _, newer = await read_on(items, 1, None)
    async with items.database.transaction() as connection:
        await connection.execute(text("UPDATE items SET name = 'A' WHERE name = 'a'"))
    async with items.database.transaction() as connection:
        await insert_item(connection, "c")
        await connection.rollback()
    await items.add("d")

    assert (await read_on(items, 1, newer))[0] == ["d"]


async def test_a_condition_of_the_statement_holds_on_each_page(items: Items) -> None:
    await items.add("a1", "b1", "a2", "b2", "a3")
    statement = select(ItemRow.name).where(ItemRow.name.startswith("a"))
    async with items.database.transaction() as connection:
        first = await page(connection, statement, ItemRow, 2, None)
        second = await page(connection, statement, ItemRow, 2, first.next)

    assert [row.name for row in [*first.rows, *second.rows]] == ["a1", "a2", "a3"]


async def test_what_the_reading_transaction_added_itself_is_shown_to_followers(
    items: Items,
) -> None:
    async with items.database.transaction() as connection:
        await insert_item(connection, "before")
        found = await page(connection, select(ItemRow.name), ItemRow, 10, None)
        await insert_item(connection, "after")

    seen = [row.name for row in found.rows]
    seen += (await read_on(items, 10, found.newer))[0]
    assert seen == ["before", "after"]


async def test_with_very_many_running_transactions_items_are_shown_later_but_never_skipped(
    items: Items, shared_postgres: PostgresSettings
) -> None:
    """A cursor that named all of them would be too long for a URL."""
    ready, go_on = asyncio.Barrier(MOST_RUNNING + 2), asyncio.Event()

    async def hold(database: Database) -> None:
        async with database.transaction() as connection:
            await connection.execute(text("SELECT pg_current_xact_id()"))
            await ready.wait()
            await go_on.wait()

    size = MOST_RUNNING + 1
    async with Database(shared_postgres.model_copy(update={"pool_size": size})) as many:
        held = [asyncio.create_task(hold(many)) for _ in range(size)]
        await ready.wait()
        await items.add("a")
        names, newer = await read_on(items, 10, None)
        assert (names, len(newer) < 100) == ([], True)
        go_on.set()
        await asyncio.gather(*held)

    assert (await read_on(items, 10, newer))[0] == ["a"]


@pytest.mark.parametrize("seed", range(2))
async def test_a_follower_sees_every_item_once_while_many_write(items: Items, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  (the same each time, as far as that goes)
    writing = True

    async def write(writer: int) -> None:
        for number in range(6):
            async with items.database.transaction() as connection:
                await insert_item(connection, f"{writer}-{number}")
                await asyncio.sleep(chance.random() * 0.02)
                await insert_item(connection, f"{writer}-{number}+")

    async def follow() -> list[str]:
        seen: list[str] = []
        cursor = None
        while True:
            last = not writing
            names, cursor = await read_on(items, chance.randint(1, 5), cursor)
            seen += names
            if last:
                return seen

    followers = [asyncio.create_task(follow()) for _ in range(2)]
    await asyncio.gather(*(write(writer) for writer in range(4)))
    writing = False

    for seen in await asyncio.gather(*followers):
        assert sorted(seen) == sorted(
            f"{writer}-{number}{end}"
            for writer in range(4)
            for number in range(6)
            for end in ("", "+")
        )


def cursor_of(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "?",
        "a",
        "ä",
        "e30" * 1000,
        cursor_of([]),
        cursor_of({"since": []}),
        cursor_of({"since": [1]}),
        cursor_of({"since": [-1, 1]}),
        cursor_of({"since": [1, 2**64]}),
        cursor_of({"until": ["1", "2"]}),
        cursor_of({"after": [1]}),
        cursor_of({"after": [1, 2**64]}),
        cursor_of({"where": "1 = 1"}),
        # Of a moment that is yet to come: the database was restored since.
        cursor_of({"since": [2**60, 1]}),
        cursor_of({"until": [2**61] * (MOST_RUNNING + 2), "after": [0, 0]}),
    ],
)
async def test_a_cursor_that_is_not_of_the_list_is_refused(items: Items, cursor: str) -> None:
    with pytest.raises(InvalidCursorError, match="start over without one") as refused:
        await items.page(10, cursor)

    assert refused.value.status == 422


async def test_pages_and_what_is_newer_are_read_from_the_index(items: Items) -> None:
    many = (
        "INSERT INTO items (id, name) SELECT gen_random_uuid(), n FROM generate_series(1, 3000) n"
    )
    async with items.database.transaction() as connection:
        await connection.execute(text(many))
    async with items.database.transaction() as connection:
        await connection.execute(text("ANALYZE items"))
        now = await current_snapshot(connection)
        for since, after in [(None, None), (None, (now.begin - 1, 100)), (now, None)]:
            listed = between(select(ItemRow.name), ItemRow, since, now, after).limit(11)
            plan = await plan_of(connection, listed)
            assert "Index Scan using ix_items_added_in" in plan
            assert "Sort" not in plan


async def plan_of(connection: AsyncConnection, statement: Select[Any]) -> str:
    """Returns how the server would run the statement."""
    compiled = statement.compile(dialect=connection.dialect)
    values = tuple(compiled.params[name] for name in compiled.positiontup or ())
    lines = await connection.exec_driver_sql(f"EXPLAIN {compiled}", values)
    return "\n".join(lines.scalars())


async def test_rows_of_a_server_that_was_ahead_are_listed_first_and_once(
    items: Items, shared_postgres: PostgresSettings
) -> None:
    """As after a dump was restored: they keep the ids of the other server's transactions."""
    await items.add(*"abc")
    async with items.database.transaction() as connection:
        await connection.execute(text("UPDATE items SET added_in = added_in + 1000000000"))
    names, newer = await read_on(items, 2, None)
    await items.add("d")
    assert (names, (await read_on(items, 2, newer))[0]) == (list("abc"), ["d"])

    settled = await settle_restored_rows(shared_postgres)

    assert settled == {"public.items": 3}
    assert await settle_restored_rows(shared_postgres) == {}
    assert (await read_on(items, 2, None))[0] == list("abcd")
