import asyncio

import httpx
import pytest

from gennet_service_kit.calls.errors import DeadlineError
from gennet_service_kit.requests.context import RequestContext

from .doubles import Clock, calls_to, never, request

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("left", "given"), [(None, "5000"), (60.0, "5000"), (1.5, "1500"), (0.0015, "1")]
)
async def test_a_target_learns_how_long_it_may_take(left: float | None, given: str) -> None:
    seen: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["x-time-left-ms"])
        return httpx.Response(200)

    clock = Clock()
    client = calls_to(answer, clock).client("stock", "http://stock")
    headers = {"x-time-left-ms": "123456789"}
    with request(RequestContext("the-request", deadline=left and clock.now + left)):
        await client.get("/", headers=headers)
    assert seen == [given]


async def test_a_call_is_given_up_when_the_request_has_no_more_time() -> None:
    async def hang(_: httpx.Request) -> httpx.Response:
        return await never()

    clock = Clock()
    client = calls_to(hang, clock).client("stock", "http://stock")
    with clock.deadline_in(0.01), pytest.raises(httpx.ReadTimeout):
        await client.get("/")


@pytest.mark.parametrize("left", [-5, 0, 0.0009])
async def test_nothing_is_sent_when_no_time_is_left(left: float) -> None:
    sent = asyncio.Event()

    async def answer(_: httpx.Request) -> httpx.Response:
        sent.set()
        return httpx.Response(200)

    clock = Clock()
    client = calls_to(answer, clock).client("stock", "http://stock")
    with clock.deadline_in(left), pytest.raises(DeadlineError):
        await client.get("/")
    assert not sent.is_set()


@pytest.mark.parametrize("asked", [None, 1e300, float("inf")])
async def test_a_time_out_without_end_ends(asked: float | None) -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=request.headers["x-time-left-ms"])

    client = calls_to(answer, Clock()).client("stock", "http://stock")
    given = (await client.get("/", timeout=asked)).text
    assert given == ("5000" if asked is None else "3600000")
