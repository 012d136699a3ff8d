from uuid import uuid4

import httpx
import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

pytestmark = pytest.mark.anyio


async def add(client: httpx.AsyncClient, *names: str) -> list[str]:
    """The ids of new items, in their order."""
    answers = [await client.post("/items", json={"name": name}) for name in names]
    return sorted(answer.json()["id"] for answer in answers)


async def relate(client: httpx.AsyncClient, item: str, other: str) -> None:
    response = await client.put(f"/items/{item}/related/{other}")
    assert (response.status_code, response.content) == (204, b"")


async def related(client: httpx.AsyncClient, item: str, **params: int) -> list[tuple[str, int]]:
    response = await client.get(f"/items/{item}/related", params=params)
    assert response.status_code == 200
    return [(each["id"], each["distance"]) for each in response.json()["items"]]


async def test_a_relation_is_seen_from_both_sides_until_it_is_parted(
    client: httpx.AsyncClient,
) -> None:
    one, two = await add(client, "one", "two")
    await relate(client, two, one)
    await relate(client, one, two)

    assert await related(client, one) == [(two, 1)]
    assert await related(client, two) == [(one, 1)]
    for _ in range(2):
        assert (await client.delete(f"/items/{one}/related/{two}")).status_code == 204
    assert await related(client, one) == []
    assert await related(client, two) == []


async def test_items_at_a_distance_are_found_once_and_over_the_shortest_way(
    client: httpx.AsyncClient,
) -> None:
    a, b, c, d, e = await add(client, *"abcde")
    for item, other in [(a, b), (b, c), (c, d), (d, e), (a, c), (b, d)]:
        await relate(client, item, other)

    assert await related(client, a) == [(b, 1), (c, 1)]
    assert await related(client, a, depth=2) == [(b, 1), (c, 1), (d, 2)]
    assert await related(client, a, depth=3) == [(b, 1), (c, 1), (d, 2), (e, 3)]
    assert await related(client, e, depth=3) == [(d, 1), (b, 2), (c, 2), (a, 3)]


async def test_no_more_than_the_limit_is_answered_and_it_is_always_the_same(
    client: httpx.AsyncClient,
) -> None:
    ids = await add(client, *(f"item {number}" for number in range(8)))
    first, near, far = ids[0], ids[1:5], ids[5:]
    for other in reversed(near):
        await relate(client, first, other)
        for beyond in far:
            await relate(client, other, beyond)
    everything = [(each, 1) for each in near] + [(each, 2) for each in far]

    for limit in range(1, 8):
        assert await related(client, first, depth=3, limit=limit) == everything[:limit]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_only_items_that_exist_are_related(client: httpx.AsyncClient, method: str) -> None:
    [item] = await add(client, "only")
    missing = str(uuid4())

    for path in (f"{item}/related/{missing}", f"{missing}/related/{item}"):
        response = await client.request(method, f"/items/{path}")
        assert response.status_code == 404
        assert response.headers["content-type"] == "application/problem+json"
        assert missing in response.json()["detail"]
    assert (await client.get(f"/items/{missing}/related")).status_code == 404
    assert await related(client, item) == []


async def test_an_item_is_not_related_to_itself(client: httpx.AsyncClient) -> None:
    [item] = await add(client, "only")

    assert (await client.put(f"/items/{item}/related/{item}")).status_code == 409
    assert await related(client, item) == []


@pytest.mark.parametrize("params", [{"depth": 0}, {"depth": 4}, {"limit": 0}, {"limit": 101}])
async def test_what_would_be_too_much_is_refused(
    client: httpx.AsyncClient, params: dict[str, int]
) -> None:
    [item] = await add(client, "only")

    response = await client.get(f"/items/{item}/related", params=params)
    assert response.status_code == 422


async def test_queries_are_spans_inside_of_the_request_s(
    client: httpx.AsyncClient, spans: InMemorySpanExporter
) -> None:
    one, two = await add(client, "one", "two")
    await relate(client, one, two)
    spans.clear()

    await related(client, one, depth=2)

    *queries, request = spans.get_finished_spans()
    assert request.name == "GET /items/{item_id}/related"
    assert [query.name for query in queries] == ["MATCH neo4j", "MATCH neo4j"]
    for query in queries:
        assert query.context is not None
        assert request.context is not None
        assert query.context.trace_id == request.context.trace_id
        assert query.parent is not None
        assert query.parent.span_id == request.context.span_id
        assert one not in query.to_json()
