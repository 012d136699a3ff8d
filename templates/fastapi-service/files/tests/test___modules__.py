<% const { name, one, module, modules, path } = it.entity; -%>
"""The API of <%= it.entity.plural %>."""

from typing import Any
from uuid import UUID

import httpx
import pytest

pytestmark = pytest.mark.anyio


async def add(client: httpx.AsyncClient, name: str) -> dict[str, Any]:
    response = await client.post("/<%= path %>", json={"name": name})
    assert response.status_code == 201
    <%= module %>: dict[str, Any] = response.json()
    return <%= module %>


async def test_what_was_added_is_where_its_location_says(client: httpx.AsyncClient) -> None:
    response = await client.post("/<%= path %>", json={"name": "  first "})

    assert response.status_code == 201
    assert response.json()["name"] == "first"
    found = await client.get(response.headers["location"])
    assert found.status_code == 200
    assert found.json() == response.json()
    assert UUID(found.json()["id"]).version == 4


async def test_pages_have_everything_once_and_in_order(client: httpx.AsyncClient) -> None:
    names = [f"number {number}" for number in range(5)]
    for name in names:
        await add(client, name)

    seen: list[str] = []
    pages = 0
    after: dict[str, str] = {}
    while pages == 0 or after:
        page = (await client.get("/<%= path %>", params={"limit": "2", **after})).json()
        seen += [each["name"] for each in page["items"]]
        after = {"after": page["next"]} if page["next"] else {}
        pages += 1

    assert (seen, pages) == (names, 3)


async def test_what_was_removed_is_gone(client: httpx.AsyncClient) -> None:
    <%= module %> = await add(client, "short-lived")
    url = f"/<%= path %>/{<%= module %>['id']}"

    assert (await client.delete(url)).status_code == 204
    assert (await client.get(url)).status_code == 404
    assert (await client.delete(url)).status_code == 404


async def test_two_cannot_have_one_name(client: httpx.AsyncClient) -> None:
    await add(client, "only")

    response = await client.post("/<%= path %>", json={"name": "only"})

    assert response.status_code == 409
    assert response.json()["detail"] == 'There is <%= one %> named "only" already.'


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": " "}, {"name": "a\0b"}, {"name": "x", "price": 1}]
)
async def test_what_is_not_valid_is_refused(client: httpx.AsyncClient, body: object) -> None:
    assert (await client.post("/<%= path %>", json=body)).status_code == 422
    assert (await client.get("/<%= path %>")).json()["items"] == []
