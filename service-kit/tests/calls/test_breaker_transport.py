import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest

from gennet_service_kit.calls.breaker import State
from gennet_service_kit.calls.errors import CircuitOpenError, GivenUpError
from gennet_service_kit.calls.outgoing import Outgoing

from .doubles import Clock, calls_to, never, settings_with, state_of

pytestmark = pytest.mark.anyio


class Backend:
    """Fails once; from then on each call ends as the test wants, when the test wants."""

    def __init__(self, outcome: httpx.Response | Exception) -> None:
        self.calls = 0
        self.inside = 0
        self.most_inside = 0
        self.outcome = outcome
        self.reached = asyncio.Event()
        self.answer = asyncio.Event()

    async def __call__(self, _: httpx.Request) -> httpx.Response:
        self.calls += 1
        if self.calls == 1:
            return httpx.Response(500)
        self.inside += 1
        self.most_inside = max(self.inside, self.most_inside)
        self.reached.set()
        try:
            await self.answer.wait()
        finally:
            self.inside -= 1
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


async def half_open(backend: Backend) -> tuple[Outgoing, httpx.AsyncClient, Clock]:
    """Calls whose breaker lets the next one try."""
    clock = Clock()
    outgoing = calls_to(backend, clock)
    client = outgoing.client("stock", "http://stock")
    assert (await client.get("/")).status_code == 500
    with pytest.raises(CircuitOpenError):
        await client.get("/")
    assert backend.calls == 1
    clock.now += 10
    return outgoing, client, clock


@pytest.mark.parametrize(
    ("probe", "outcome", "state", "others"),
    [
        ("answers late", httpx.Response(200), State.CLOSED, 19),
        ("is cancelled", httpx.Response(200), State.HALF_OPEN, 19),
        ("fails", httpx.ConnectError("refused"), State.OPEN, 19),
        ("has a bug", ValueError("a bug"), State.HALF_OPEN, 19),
    ],
)
async def test_of_twenty_callers_at_a_half_open_breaker_one_reaches_the_target(
    probe: str, outcome: httpx.Response | Exception, state: State, others: int
) -> None:
    backend = Backend(outcome)
    outgoing, client, clock = await half_open(backend)

    callers = [asyncio.create_task(client.get("/")) for _ in range(20)]
    waiting = set(callers)
    while len(waiting) > 1:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        assert all(isinstance(each.exception(), CircuitOpenError) for each in done)
    await backend.reached.wait()
    [trying] = waiting
    if probe == "is cancelled":
        trying.cancel()
    backend.answer.set()
    ended = await asyncio.gather(*callers, return_exceptions=True)

    assert Counter(type(each) for each in ended)[CircuitOpenError] == others
    assert (backend.calls, backend.most_inside) == (2, 1)
    assert state_of(outgoing.breakers["stock"]) is state

    clock.now += 10
    backend.outcome = httpx.Response(200)
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
        (httpx.DecodingError("not gzip"), State.OPEN),
        (httpx.LocalProtocolError("our own mistake"), State.CLOSED),
        (httpx.UnsupportedProtocol("our own mistake"), State.CLOSED),
        (httpx.PoolTimeout("our own connections"), State.CLOSED),
        (RuntimeError("a bug"), State.CLOSED),
        (TimeoutError("a bug"), State.CLOSED),
    ],
)
async def test_what_an_error_says_about_the_target(error: Exception, state: State) -> None:
    async def fail(_: httpx.Request) -> httpx.Response:
        raise error

    outgoing = calls_to(fail, Clock())
    with pytest.raises(type(error)):
        await outgoing.client("stock", "http://stock").get("/")
    assert state_of(outgoing.breakers["stock"]) is state


async def test_each_target_has_its_own_breaker() -> None:
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
    outgoing = Outgoing(settings_with(timeout_seconds=0.01), Clock(), Answering(body))
    with pytest.raises(error):
        await outgoing.client("stock", "http://stock").get("/")
    assert state_of(outgoing.breakers["stock"]) is State.OPEN


@pytest.mark.parametrize(
    ("deadline", "asked", "error", "state"),
    [
        (None, None, httpx.ReadTimeout, State.OPEN),
        (60.0, None, httpx.ReadTimeout, State.OPEN),
        # A caller that has the same time-out as this service: the way here took a little of it.
        (0.19, None, httpx.ReadTimeout, State.OPEN),
        (0.05, None, GivenUpError, State.CLOSED),
        (None, 0.05, GivenUpError, State.CLOSED),
        (60.0, 0.05, GivenUpError, State.CLOSED),
        (None, 0.3, httpx.ReadTimeout, State.OPEN),
        # Of a call that may take longer than others, its own time counts.
        (0.2, 60.0, GivenUpError, State.CLOSED),
    ],
)
async def test_only_a_target_that_had_its_full_time_has_failed(
    deadline: float | None, asked: float | None, error: type[Exception], state: State
) -> None:
    async def hang(_: httpx.Request) -> httpx.Response:
        return await never()

    clock = Clock()
    outgoing = calls_to(hang, clock, settings_with(timeout_seconds=0.2))
    client = outgoing.client("stock", "http://stock")
    timeout = httpx.USE_CLIENT_DEFAULT if asked is None else asked
    left = 9999 if deadline is None else deadline
    with clock.deadline_in(left), pytest.raises(httpx.TimeoutException) as raised:
        await client.get("/", timeout=timeout)
    assert type(raised.value) is error
    assert state_of(outgoing.breakers["stock"]) is state


@pytest.mark.parametrize(("left", "state"), [(0.05, State.CLOSED), (60, State.OPEN)])
async def test_a_target_that_gives_up_because_of_the_hurry_has_not_failed(
    left: float, state: State
) -> None:
    async def give_up(_: httpx.Request) -> httpx.Response:
        return httpx.Response(504)

    clock = Clock()
    outgoing = calls_to(give_up, clock)
    client = outgoing.client("stock", "http://stock")
    with clock.deadline_in(left):
        if state is State.OPEN:
            assert (await client.get("/")).status_code == 504
        else:
            with pytest.raises(GivenUpError):
                await client.get("/")
    assert state_of(outgoing.breakers["stock"]) is state


async def test_callers_in_a_hurry_leave_a_half_open_breaker_to_the_next_one() -> None:
    backend = Backend(httpx.Response(200))
    outgoing, client, clock = await half_open(backend)
    for _ in range(3):
        with clock.deadline_in(0.01), pytest.raises(GivenUpError):
            await client.get("/")
    assert state_of(outgoing.breakers["stock"]) is State.HALF_OPEN
    backend.answer.set()
    assert (await client.get("/")).status_code == 200
    assert state_of(outgoing.breakers["stock"]) is State.CLOSED
