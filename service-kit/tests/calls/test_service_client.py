import traceback
from uuid import UUID

import httpx
import pytest
from pydantic import BaseModel

from gennet_service_kit.calls.service_client import ServiceClient

from .doubles import Clock, calls_to

pytestmark = pytest.mark.anyio


SECRET = str(UUID(int=42))


class Money(BaseModel):
    cents: int


async def bank(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/keys":
        key = request.headers.get("idempotency-key", "none")
        return httpx.Response(200, json={"cents": len(key)})
    if request.url.path == "/echo":
        assert request.headers["content-type"] == "application/json"
        return httpx.Response(200, content=request.content)
    return httpx.Response(404 if request.url.path == "/none" else 200, json={"cents": "many"})


@pytest.fixture
def client() -> ServiceClient:
    return ServiceClient(calls_to(bank, Clock()).client("bank", "http://bank"))


async def test_models_go_out_and_come_back(client: ServiceClient) -> None:
    assert await client.call("POST", "/echo", Money, Money(cents=5)) == Money(cents=5)


async def test_an_answer_of_another_shape_is_an_error(client: ServiceClient) -> None:
    with pytest.raises(httpx.DecodingError, match="/wrong is not answered with a Money") as raised:
        await client.get(f"/wrong?token={SECRET}", Money)
    assert str(raised.value).endswith("cents: int_parsing")
    report = "".join(traceback.format_exception(raised.value))
    assert "many" not in report
    assert SECRET not in report


async def test_a_refusal_is_an_error(client: ServiceClient) -> None:
    with pytest.raises(httpx.HTTPStatusError):
        await client.get("/none", Money)


@pytest.mark.parametrize(
    ("key", "sent"), [(None, "none"), ("order-7", "order-7"), (UUID(int=7), str(UUID(int=7)))]
)
async def test_a_key_is_sent_with_the_call(
    client: ServiceClient, key: str | UUID | None, sent: str
) -> None:
    answer = await client.call("POST", "/keys", Money, Money(cents=5), key=key)
    assert answer.cents == len(sent)
