import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from gennet_service_kit.calls.errors import (
    AnswerTooLargeError,
    BusyError,
    CircuitOpenError,
    DeadlineError,
)
from gennet_service_kit.calls.retries import RetryTransport
from gennet_service_kit.calls.settings import RetrySettings

from .doubles import Clock

pytestmark = pytest.mark.anyio

LATER = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)


class Retried:
    """A client that is answered from a list, and what it did meanwhile."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.clock = Clock()
        self.calls = 0
        self.waits: list[float] = []
        self.keys: list[str | None] = []
        settings = RetrySettings(attempts=3, first_wait_seconds=0.1, longest_wait_seconds=5)
        backend = httpx.MockTransport(self.answer)
        transport = RetryTransport(backend, settings, self.clock, self.sleep, lambda _, high: high)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://stock")
        self.answers = iter(answers)

    async def answer(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        self.keys.append(request.headers.get("idempotency-key"))
        answer = next(self.answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.clock.now += seconds


def busy(retry_after: str = "") -> httpx.Response:
    return httpx.Response(503, headers={"retry-after": retry_after} if retry_after else {})


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
async def test_idempotent_calls_are_tried_again_after_growing_waits(method: str) -> None:
    retried = Retried(httpx.ConnectError("refused"), busy(), httpx.Response(200))
    response = await retried.client.request(method, "/", content=b"x")
    assert (response.status_code, retried.calls) == (200, 3)
    assert retried.waits == [0.1, 0.2]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("headers", [{}, {"idempotency-key": ""}])
@pytest.mark.parametrize("failure", [503, 502, httpx.ReadTimeout("late"), httpx.ConnectError("")])
async def test_others_may_have_done_their_work_and_are_not(
    method: str, headers: dict[str, str], failure: int | Exception
) -> None:
    retried = Retried(httpx.Response(failure) if isinstance(failure, int) else failure)
    with contextlib.suppress(httpx.TransportError):
        await retried.client.request(method, "/", content=b"x", headers=headers)
    assert (retried.calls, retried.waits) == (1, [])


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_others_with_a_key_are_tried_again_with_the_same_key(method: str) -> None:
    retried = Retried(httpx.ReadTimeout("late"), busy(), httpx.Response(200))
    headers = {"Idempotency-Key": "order-7"}
    response = await retried.client.request(method, "/", content=b"x", headers=headers)
    assert (response.status_code, retried.calls) == (200, 3)
    assert retried.keys == ["order-7"] * 3


@pytest.mark.parametrize(
    "error",
    [
        CircuitOpenError("stock", 10),
        BusyError("all in use"),
        DeadlineError("over"),
        httpx.PoolTimeout("all in use"),
        httpx.LocalProtocolError("our mistake"),
        httpx.UnsupportedProtocol("our mistake"),
        AnswerTooLargeError("too large"),
        httpx.DecodingError("not gzip"),
    ],
)
async def test_what_would_end_the_same_way_is_not_tried_again(error: httpx.RequestError) -> None:
    retried = Retried(error)
    with pytest.raises(type(error)):
        await retried.client.get("/")
    assert (retried.calls, retried.waits) == (1, [])


async def test_a_body_that_can_be_sent_only_once_is_not_sent_again() -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"x"

    retried = Retried(busy())
    assert (await retried.client.put("/", content=body())).status_code == 503
    assert retried.calls == 1


async def test_the_last_failure_is_returned() -> None:
    answered = Retried(busy(), busy(), httpx.Response(502))
    assert (await answered.client.get("/")).status_code == 502
    broken = Retried(busy(), busy(), httpx.ReadError("gone"))
    with pytest.raises(httpx.ReadError):
        await broken.client.get("/")
    assert (answered.calls, broken.calls) == (3, 3)


@pytest.mark.parametrize("status", [200, 404, 409, 500])
async def test_an_answer_that_stays_the_same_is_returned(status: int) -> None:
    retried = Retried(httpx.Response(status))
    assert (await retried.client.get("/")).status_code == status


async def test_an_open_breaker_ends_it_at_once() -> None:
    retried = Retried(busy(), CircuitOpenError("stock", 10))
    with pytest.raises(CircuitOpenError):
        await retried.client.get("/")
    assert retried.calls == 2


@pytest.mark.parametrize("asked", ["9" * 400, "1" + "0" * 5000])
async def test_an_absurd_retry_after_is_not_waited_for(asked: str) -> None:
    retried = Retried(busy(asked))
    assert (await retried.client.get("/")).status_code == 503
    assert retried.waits == []


async def test_it_waits_as_long_as_the_target_asks() -> None:
    retried = Retried(busy("2"), httpx.Response(200))
    assert (await retried.client.get("/")).status_code == 200
    assert retried.waits == [2]


@pytest.mark.parametrize("asked", ["6", LATER])
async def test_it_does_not_wait_longer_than_it_may(asked: str) -> None:
    retried = Retried(busy(asked))
    assert (await retried.client.get("/")).status_code == 503
    assert retried.waits == []


@pytest.mark.parametrize("asked", ["soon", "-1", "Wed, 21 Oct 2015 07:28:00 GMT"])
async def test_a_retry_after_in_the_past_or_of_no_use_is_ignored(asked: str) -> None:
    retried = Retried(busy(asked), httpx.Response(200))
    assert (await retried.client.get("/")).status_code == 200
    assert retried.waits == [0.1]


async def test_it_does_not_wait_past_the_deadline() -> None:
    retried = Retried(busy(), httpx.ConnectError("refused"))
    with retried.clock.deadline_in(0.25), pytest.raises(httpx.ConnectError):
        await retried.client.get("/")
    assert (retried.calls, retried.waits) == (2, [0.1])


async def test_no_call_is_made_after_the_deadline() -> None:
    retried = Retried()
    with retried.clock.deadline_in(0), pytest.raises(DeadlineError):
        await retried.client.get("/")
    assert retried.calls == 0
