import httpx
import pytest
from pydantic import BaseModel

from <%= it.package %>.calls.service_client import (
    ServiceClient,
)

from .doubles import Clock, calls_to

pytestmark = pytest.mark.anyio


class Money(BaseModel):
    cents: int


async def bank(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/echo":
        assert request.headers["content-type"] == "application/json"
        return httpx.Response(200, content=request.content)
    return httpx.Response(404 if request.url.path == "/none" else 200, json={"cents": "many"})


@pytest.fixture
def client() -> ServiceClient:
    return ServiceClient(calls_to(bank, Clock()).client("bank", "http://bank"))


async def test_models_go_out_and_come_back(client: ServiceClient) -> None:
    assert await client.call("POST", "/echo", Money, Money(cents=5)) == Money(cents=5)


async def test_an_answer_of_another_form_is_an_error(client: ServiceClient) -> None:
    with pytest.raises(httpx.DecodingError, match="/wrong is not answered with a Money"):
        await client.get("/wrong", Money)


async def test_a_refusal_is_an_error(client: ServiceClient) -> None:
    with pytest.raises(httpx.HTTPStatusError):
        await client.get("/none", Money)
