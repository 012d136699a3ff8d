"""What every store of items does, whatever it keeps them in."""

import asyncio
from uuid import uuid4

import pytest

from <%= it.package %>.items.model import (
    Item,
    NewItem,
)
from <%= it.package %>.items.store import (
    InMemoryItems,
    ItemStore,
)
from <%= it.package %>.problems import (
    ConflictError,
    NotFoundError,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def memory_items() -> InMemoryItems:
    return InMemoryItems()


<% const stores = ["memory", ...it.features.filter((feature) => feature === "postgres")]; -%>
@pytest.fixture(params=[<%= stores.map((store) => `"${store}"`).join(", ") %>])
def store(request: pytest.FixtureRequest) -> ItemStore:
    store: ItemStore = request.getfixturevalue(f"{request.param}_items")
    return store


async def test_an_item_is_found_as_it_was_added(store: ItemStore) -> None:
    added = await store.add(NewItem(name="first"))

    assert await store.get(added.id) == added
    assert added.created_at.tzinfo is not None


async def test_an_unknown_item_is_not_found(store: ItemStore) -> None:
    await store.add(NewItem(name="another"))

    with pytest.raises(NotFoundError):
        await store.get(uuid4())
    with pytest.raises(NotFoundError):
        await store.remove(uuid4())
    with pytest.raises(NotFoundError):
        await store.page(10, uuid4())


async def test_a_name_can_be_taken_once_until_its_item_is_removed(store: ItemStore) -> None:
    first = await store.add(NewItem(name="only"))

    with pytest.raises(ConflictError, match='There is an item named "only" already'):
        await store.add(NewItem(name="only"))

    await store.remove(first.id)
    second = await store.add(NewItem(name="only"))
    assert (await store.page(10, None)).items == [second]


async def test_of_many_who_want_a_name_at_once_one_gets_it(store: ItemStore) -> None:
    wanted = (store.add(NewItem(name="wanted")) for _ in range(4))

    results = await asyncio.gather(*wanted, return_exceptions=True)

    [won] = [result for result in results if isinstance(result, Item)]
    assert len([result for result in results if isinstance(result, ConflictError)]) == 3
    assert (await store.page(10, None)).items == [won]


async def test_pages_are_in_the_order_of_adding_and_go_on_after_an_item(store: ItemStore) -> None:
    names = ["d", "a", "c", "b"]
    added = [await store.add(NewItem(name=name)) for name in names]

    first = await store.page(2, None)
    await store.remove(added[0].id)
    second = await store.page(2, first.next)

    assert [item.name for item in first.items] == ["d", "a"]
    assert first.next == added[1].id
    assert [item.name for item in second.items] == ["c", "b"]
    assert second.next is None


async def test_a_page_of_nothing_is_the_last(store: ItemStore) -> None:
    assert (await store.page(10, None)).model_dump() == {"items": [], "next": None}


async def test_a_removed_item_is_gone(store: ItemStore) -> None:
    item = await store.add(NewItem(name="short-lived"))

    await store.remove(item.id)

    with pytest.raises(NotFoundError):
        await store.get(item.id)
