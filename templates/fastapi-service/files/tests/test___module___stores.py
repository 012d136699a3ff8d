<% const { name, one, module, modules, type, types } = it.entity; -%>
<% const stores = ["memory", ...(it.sample.postgres ? ["postgres"] : [])]; -%>
"""What every store of <%= it.entity.plural %> does, whatever it keeps them in."""

import asyncio
from uuid import uuid4

import pytest
from gennet_service_kit.idempotency.key import IdempotencyKey
from gennet_service_kit.problems import ConflictError, NotFoundError

<%= it.python.importing(`${it.package}.${modules}.model`, `New${type}`, type) %>
<%= it.python.importing(`${it.package}.${modules}.store`, `InMemory${types}`, `${type}Store`) %>

pytestmark = pytest.mark.anyio


@pytest.fixture
def memory_<%= modules %>() -> InMemory<%= types %>:
    return InMemory<%= types %>()


@pytest.fixture(params=[<%= stores.map((store) => `"${store}"`).join(", ") %>])
def store(request: pytest.FixtureRequest) -> <%= type %>Store:
    store: <%= type %>Store = request.getfixturevalue(f"{request.param}_<%= modules %>")
    return store


async def test_what_was_added_is_found(store: <%= type %>Store) -> None:
    added = await store.add(New<%= type %>(name="first"))

    assert await store.get(added.id) == added
    assert added.created_at.tzinfo is not None


async def test_what_is_not_there_is_not_found(store: <%= type %>Store) -> None:
    await store.add(New<%= type %>(name="another"))

    with pytest.raises(NotFoundError):
        await store.get(uuid4())
    with pytest.raises(NotFoundError):
        await store.remove(uuid4())


async def test_a_name_can_be_taken_again_when_it_is_free(store: <%= type %>Store) -> None:
    first = await store.add(New<%= type %>(name="only"))

    with pytest.raises(ConflictError, match='There is <%= one %> named "only" already'):
        await store.add(New<%= type %>(name="only"))

    await store.remove(first.id)
    second = await store.add(New<%= type %>(name="only"))
    assert (await store.page(10, None)).items == [second]


async def test_of_many_who_want_a_name_at_once_one_gets_it(store: <%= type %>Store) -> None:
    wanted = (store.add(New<%= type %>(name="wanted")) for _ in range(4))

    results = await asyncio.gather(*wanted, return_exceptions=True)

    [won] = [result for result in results if isinstance(result, <%= type %>)]
    assert len([result for result in results if isinstance(result, ConflictError)]) == 3
    assert (await store.page(10, None)).items == [won]


async def test_pages_go_on_where_the_one_before_ended(store: <%= type %>Store) -> None:
    added = [await store.add(New<%= type %>(name=name)) for name in ["d", "a", "c", "b"]]

    first = await store.page(2, None)
    # Also when the last one of the page is gone.
    await store.remove(added[1].id)
    second = await store.page(2, first.next)

    assert [each.name for each in first.items] == ["d", "a"]
    assert [each.name for each in second.items] == ["c", "b"]
    assert second.next is None


async def test_a_page_of_nothing_is_the_last(store: <%= type %>Store) -> None:
    page = await store.page(10, None)

    assert (page.items, page.next) == ([], None)


async def test_what_is_added_after_the_last_page_is_on_the_next(store: <%= type %>Store) -> None:
    await store.add(New<%= type %>(name="first"))
    last = await store.page(10, None)
    second = await store.add(New<%= type %>(name="second"))

    assert (await store.page(10, last.newer)).items == [second]


async def test_a_key_has_its_effect_once(store: <%= type %>Store) -> None:
    key = IdempotencyKey(id=bytes(32), fingerprint=bytes(32))

    first = await store.add(New<%= type %>(name="only"), key)

    assert await store.add(New<%= type %>(name="only"), key) == first
    assert (await store.page(10, None)).items == [first]
