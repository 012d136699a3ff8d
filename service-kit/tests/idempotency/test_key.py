"""Which requests are the same one, and whose."""

from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Body, FastAPI

from gennet_service_kit.idempotency.key import UsesIdempotencyKey
from gennet_service_kit.problems import install_problem_handlers

pytestmark = pytest.mark.anyio


@pytest.fixture
def client() -> httpx.AsyncClient:
    router = APIRouter()

    @router.post("")
    @router.post("/{item}/notes")
    async def add(
        key: UsesIdempotencyKey, body: Annotated[dict[str, int] | None, Body()] = None
    ) -> list[str]:
        return [] if key is None else [key.id.hex(), key.fingerprint.hex()]

    app = FastAPI()
    install_problem_handlers(app)
    for prefix in ("/items", "/other"):
        app.include_router(router, prefix=prefix)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def key(
    client: httpx.AsyncClient,
    path: str = "/items",
    key: str = "k",
    body: str = '{"a": 1}',
    caller: str = "",
) -> list[str]:
    headers = {"idempotency-key": key, "content-type": "application/json"}
    if caller:
        headers["x-forwarded-client-cert"] = caller
    answer = await client.post(path, content=body, headers=headers)
    assert answer.status_code == 200
    found: list[str] = answer.json()
    return found


async def test_the_same_request_has_the_same_key(client: httpx.AsyncClient) -> None:
    assert await key(client) == await key(client)
    assert await key(client, key='"k"') == await key(client)


async def test_another_key_route_or_caller_is_another_key(client: httpx.AsyncClient) -> None:
    web = 'By=spiffe://c/ns/orders/sa/orders;Hash=1;Subject="a,b";URI=spiffe://c/ns/web/sa/web'
    shop = web.replace("web", "shop")
    keys = [
        await key(client),
        await key(client, key="K"),
        await key(client, path="/other"),
        await key(client, path="/items/1/notes"),
        await key(client, caller=web),
        await key(client, caller=f"{web},{shop}"),
    ]

    assert len({id for id, _ in keys}) == len(keys)
    # What the caller says of itself is before what the sidecar adds.
    assert await key(client, caller=f"{web},{shop}") == await key(client, caller=shop)


async def test_another_request_has_another_fingerprint(client: httpx.AsyncClient) -> None:
    notes = [
        await key(client, path="/items/1/notes"),
        await key(client, path="/items/2/notes"),
        await key(client, path="/items/1/notes?more=1"),
        await key(client, path="/items/1/notes", body='{"a": 2}'),
        await key(client, path="/items/1/notes", body=""),
    ]

    assert len({id for id, _ in notes}) == 1
    assert len({fingerprint for _, fingerprint in notes}) == len(notes)


async def test_without_the_header_there_is_no_key(client: httpx.AsyncClient) -> None:
    assert (await client.post("/items", json={})).json() == []


@pytest.mark.parametrize("key", ["", '"', '""', '"k', "a b", "x" * 256, 'a"b', "ключ"])
async def test_a_key_that_is_no_key_is_refused(client: httpx.AsyncClient, key: str) -> None:
    answer = await client.post("/items", json={}, headers=[(b"idempotency-key", key.encode())])

    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["errors"][0]["at"]


async def test_the_api_s_description_has_the_header(client: httpx.AsyncClient) -> None:
    described = (await client.get("/openapi.json")).json()["paths"]["/items"]["post"]

    [header] = described["parameters"]
    assert (header["in"], header["name"], header["required"]) == (
        "header",
        "Idempotency-Key",
        False,
    )
