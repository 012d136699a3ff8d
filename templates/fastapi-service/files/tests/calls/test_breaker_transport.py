import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from <%= it.package %>.calls.breaker import State
from <%= it.package %>.calls.errors import (
    CircuitOpenError,
)
from <%= it.package %>.calls.outgoing import Outgoing
from <%= it.package %>.calls.settings import (
    CallSettings,
)

from .doubles import Clock, calls_to, state_of

pytestmark = pytest.mark.anyio


class Backend:
    """Fails once; then answers when it is told to."""

    def __init__(self) -> None:
        self.calls = 0
        self.reached = asyncio.Event()
        self.answer = asyncio.Event()

    async def __call__(self, _: httpx.Request) -> httpx.Response:
        self.calls += 1
        if self.calls == 1:
            return httpx.Response(500)
        self.reached.set()
        await self.answer.wait()
        return httpx.Response(200)


async def half_open(backend: Backend) -> tuple[Outgoing, httpx.AsyncClient]:
    """Calls whose breaker lets the next one try."""
    clock = Clock()
    outgoing = calls_to(backend, clock)
    client = outgoing.client("stock", "http://stock")
    assert (await client.get("/")).status_code == 500
    with pytest.raises(CircuitOpenError):
        await client.get("/")
    assert backend.calls == 1
    clock.now += 10
    return outgoing, client


async def test_one_of_twenty_callers_tries_and_the_others_fail_at_once() -> None:
    backend = Backend()
    outgoing, client = await half_open(backend)

    callers = [asyncio.create_task(client.get("/")) for _ in range(20)]
    done, waiting = set(callers), set(callers)
    while len(waiting) > 1:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        assert all(isinstance(each.exception(), CircuitOpenError) for each in done)
    await backend.reached.wait()
    assert backend.calls == 2

    backend.answer.set()
    [probe] = waiting
    assert (await probe).status_code == 200
    assert state_of(outgoing.breakers["stock"]) is State.CLOSED
    assert (await client.get("/")).status_code == 200


async def test_a_cancelled_try_does_not_stand_in_the_way_of_the_next() -> None:
    backend = Backend()
    outgoing, client = await half_open(backend)

    probe = asyncio.create_task(client.get("/"))
    await backend.reached.wait()
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    assert state_of(outgoing.breakers["stock"]) is State.HALF_OPEN

    backend.answer.set()
    assert (await client.get("/")).status_code == 200
    assert state_of(outgoing.breakers["stock"]) is State.CLOSED


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, State.CLOSED),
        (404, State.CLOSED),
        (429, State.OPEN),
        (500, State.OPEN),
        (503, State.OPEN),
    ],
)
async def test_what_an_answer_says_about_the_target(status: int, state: State) -> None:
    async def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, content=b"kept")

    outgoing = calls_to(answer, Clock())
    response = await outgoing.client("stock", "http://stock").get("/")
    assert (response.status_code, response.content) == (status, b"kept")
    assert state_of(outgoing.breakers["stock"]) is state


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (httpx.ConnectError("refused"), State.OPEN),
        (httpx.ReadTimeout("late"), State.OPEN),
        (httpx.RemoteProtocolError("gone"), State.OPEN),
        (httpx.LocalProtocolError("our own mistake"), State.CLOSED),
        (RuntimeError("a bug"), State.CLOSED),
    ],
)
async def test_what_an_error_says_about_the_target(error: Exception, state: State) -> None:
    async def fail(_: httpx.Request) -> httpx.Response:
        raise error

    outgoing = calls_to(fail, Clock())
    with pytest.raises(type(error)):
        await outgoing.client("stock", "http://stock").get("/")
    assert state_of(outgoing.breakers["stock"]) is state


async def test_each_target_has_a_breaker_of_its_own() -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(500 if request.url.host == "stock" else 200)

    outgoing = calls_to(answer, Clock())
    stock = outgoing.client("stock", "http://stock")
    payments = outgoing.client("payments", "http://payments")
    await stock.get("/")
    with pytest.raises(CircuitOpenError):
        await stock.get("/")
    assert (await payments.get("/")).status_code == 200


class BreakingOff(httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"half"
        raise httpx.ReadError("broken off")


class Stalling(httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"half"
        await asyncio.Event().wait()


class Answering(httpx.AsyncBaseTransport):
    def __init__(self, body: httpx.AsyncByteStream) -> None:
        self.body = body

    async def handle_async_request(self, _: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=self.body)


@pytest.mark.parametrize(
    ("body", "error"), [(BreakingOff(), httpx.ReadError), (Stalling(), httpx.ReadTimeout)]
)
async def test_an_answer_that_does_not_end_is_a_failure(
    body: httpx.AsyncByteStream, error: type[Exception]
) -> None:
    outgoing = Outgoing(
        CallSettings.model_validate(
            {
                "timeout_seconds": 0.01,
                "breaker": {"consecutive_failures": 1},
                "retries": {"attempts": 1},
            }
        ),
        Clock(),
        lambda _: Answering(body),
    )
    with pytest.raises(error):
        await outgoing.client("stock", "http://stock").get("/")
    assert state_of(outgoing.breakers["stock"]) is State.OPEN
