from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

pytestmark = pytest.mark.anyio


async def add(client: httpx.AsyncClient, name: str) -> dict[str, Any]:
    response = await client.post("/items", json={"name": name})
    assert response.status_code == 201
    item: dict[str, Any] = response.json()
    return item


async def test_an_added_item_is_found_where_its_location_says(client: httpx.AsyncClient) -> None:
    response = await client.post("/items", json={"name": "  first "})

    assert response.status_code == 201
    assert response.json()["name"] == "first"
    found = await client.get(response.headers["location"])
    assert found.status_code == 200
    assert found.json() == response.json()
    assert UUID(found.json()["id"]).version == 4


async def test_pages_cover_every_item_once_and_in_order(client: httpx.AsyncClient) -> None:
    names = [f"item {number}" for number in range(5)]
    for name in names:
        await add(client, name)

    seen: list[str] = []
    after: str | None = None
    pages = 0
    while pages == 0 or after is not None:
        params = {"limit": "2"} | ({"after": after} if after else {})
        page = (await client.get("/items", params=params)).json()
        seen += [item["name"] for item in page["items"]]
        after = page["next"]
        pages += 1

    assert seen == names
    assert pages == 3


async def test_a_removed_item_is_gone(client: httpx.AsyncClient) -> None:
    item = await add(client, "short-lived")

    assert (await client.delete(f"/items/{item['id']}")).status_code == 204
    assert (await client.get(f"/items/{item['id']}")).status_code == 404
    assert (await client.delete(f"/items/{item['id']}")).status_code == 404


async def test_two_items_cannot_have_one_name(client: httpx.AsyncClient) -> None:
    await add(client, "only")

    response = await client.post("/items", json={"name": "only"})

    assert response.status_code == 409
    assert response.json()["detail"] == 'There is an item named "only" already.'


async def test_reading_on_after_an_unknown_item_is_an_error(client: httpx.AsyncClient) -> None:
    assert (await client.get("/items", params={"after": str(uuid4())})).status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": " "}, {"name": "a\0b"}, {"name": "x", "price": 1}]
)
async def test_what_is_no_item_is_refused(client: httpx.AsyncClient, body: dict[str, Any]) -> None:
    assert (await client.post("/items", json=body)).status_code == 422
    assert (await client.get("/items")).json()["items"] == []
