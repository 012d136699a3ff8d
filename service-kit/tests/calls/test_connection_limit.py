import asyncio
import random

import httpx
import pytest
from fastapi import FastAPI

from gennet_service_kit.calls.breaker import State
from gennet_service_kit.calls.errors import BusyError, CircuitOpenError, DeadlineError
from gennet_service_kit.calls.outgoing import Outgoing

from .doubles import Clock, calls_to, serving, settings_with, state_of

pytestmark = pytest.mark.anyio


class Backend:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.reached = asyncio.Semaphore(0)
        self.answer = asyncio.Event()
        self.inside = 0
        self.most_inside = 0

    async def __call__(self, _: httpx.Request) -> httpx.Response:
        self.inside += 1
        self.most_inside = max(self.inside, self.most_inside)
        self.reached.release()
        try:
            await self.answer.wait()
        finally:
            self.inside -= 1
        return httpx.Response(200)


async def test_calls_beyond_the_limit_wait_in_line() -> None:
    backend = Backend()
    outgoing = calls_to(backend, Clock(), settings_with(connections=3))
    client = outgoing.client("stock", "http://stock")
    calls = [asyncio.create_task(client.get("/")) for _ in range(10)]
    for _ in range(3):
        await backend.reached.acquire()
    backend.answer.set()
    answers = await asyncio.gather(*calls)
    assert {each.status_code for each in answers} == {200}
    assert backend.most_inside == 3


async def test_a_busy_service_is_no_failure_of_the_target() -> None:
    backend = Backend()
    settings = settings_with(connections=1, timeout_seconds=0.05)
    outgoing = Outgoing(settings, Clock(), httpx.MockTransport(backend))
    client = outgoing.client("stock", "http://stock")
    holding = asyncio.create_task(client.get("/", timeout=60))
    await backend.reached.acquire()

    with pytest.raises(BusyError, match="all connections to stock are in use"):
        await client.get("/")
    backend.answer.set()
    assert (await holding).status_code == 200
    assert state_of(outgoing.breakers["stock"]) is State.CLOSED
    assert outgoing.breakers["stock"].consecutive_failures == 0


async def test_a_request_without_time_leaves_the_line() -> None:
    backend, clock = Backend(), Clock()
    outgoing = calls_to(backend, clock, settings_with(connections=1))
    client = outgoing.client("stock", "http://stock")
    holding = asyncio.create_task(client.get("/"))
    await backend.reached.acquire()
    with clock.deadline_in(0.01):
        waiting = asyncio.create_task(client.get("/"))
    await asyncio.sleep(0)
    clock.now += 1
    with pytest.raises(DeadlineError):
        await waiting
    backend.answer.set()
    assert (await holding).status_code == 200
    assert backend.most_inside == 1


async def test_those_in_line_are_refused_when_the_breaker_opens() -> None:
    answer = asyncio.Event()

    async def fail(_: httpx.Request) -> httpx.Response:
        await answer.wait()
        return httpx.Response(500)

    client = calls_to(fail, Clock(), settings_with(connections=1)).client("stock", "http://stock")
    calls = [asyncio.create_task(client.get("/")) for _ in range(5)]
    await asyncio.sleep(0)
    answer.set()
    ended = await asyncio.gather(*calls, return_exceptions=True)
    refused = [each for each in ended if isinstance(each, CircuitOpenError)]
    assert len(refused) == 4


async def test_cancelled_calls_cost_no_connections() -> None:
    """httpcore's own limit loses one for each call that is cancelled while it waits."""
    app = FastAPI()

    @app.get("/")
    async def answer() -> None:
        await asyncio.sleep(0.002)

    chance = random.Random(1)  # noqa: S311  (nothing secret)
    settings = settings_with(connections=2, breaker={"consecutive_failures": 10_000})
    async with serving(app) as port, Outgoing(settings) as outgoing:
        client = outgoing.client("stock", f"http://127.0.0.1:{port}")

        async def hurried() -> None:
            try:
                async with asyncio.timeout(chance.random() * 0.006):
                    await client.get("/")
            except TimeoutError:
                pass

        for _ in range(40):
            await asyncio.gather(*(hurried() for _ in range(8)))
        answers = await asyncio.gather(*(client.get("/") for _ in range(4)))
    assert {each.status_code for each in answers} == {200}
