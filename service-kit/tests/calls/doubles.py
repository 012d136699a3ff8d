import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
import uvicorn
from fastapi import FastAPI

from gennet_service_kit.calls.breaker import CircuitBreaker, State
from gennet_service_kit.calls.outgoing import Outgoing
from gennet_service_kit.calls.settings import BreakerSettings, CallSettings, RetrySettings
from gennet_service_kit.requests.context import RequestContext, current

Backend = Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]

ONE_FAILURE_OPENS = CallSettings(
    breaker=BreakerSettings(consecutive_failures=1, open_seconds=10, jitter=0),
    retries=RetrySettings(attempts=1),
)


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    @contextmanager
    def deadline_in(self, seconds: float) -> Iterator[None]:
        with request(RequestContext("the-request", deadline=self.now + seconds)):
            yield


@contextmanager
def request(context: RequestContext) -> Iterator[None]:
    """The request that is being answered."""
    token = current.set(context)
    try:
        yield
    finally:
        current.reset(token)


def calls_to(
    backend: Backend, clock: Clock, settings: CallSettings = ONE_FAILURE_OPENS
) -> Outgoing:
    """Calls that a function answers in place of a network."""
    return Outgoing(settings, clock, httpx.MockTransport(backend))


def settings_with(**changes: object) -> CallSettings:
    """Settings of calls where one failure opens the breaker and nothing is repeated."""
    return CallSettings.model_validate({**ONE_FAILURE_OPENS.model_dump(), **changes})


def state_of(breaker: CircuitBreaker) -> State:
    """For comparisons: mypy would take the state that was seen last for the one it still is."""
    return breaker.state


async def never() -> httpx.Response:
    await asyncio.Event().wait()
    raise AssertionError


@asynccontextmanager
async def serving(app: FastAPI, port: int = 0) -> AsyncIterator[int]:
    """Runs an application on a port of this machine, and yields the port."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, lifespan="off"))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  (uvicorn has no event for it)
        await asyncio.sleep(0)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await running
