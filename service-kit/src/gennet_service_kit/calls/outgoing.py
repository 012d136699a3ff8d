"""The only place of a service that makes HTTP clients."""

import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from types import TracebackType

import httpx
from fastapi import FastAPI
from opentelemetry.metrics import Meter
from opentelemetry.trace import Tracer
from prometheus_client.registry import Collector

from ..clock import Clock
from ..component import Component
from .answers import AnswerTransport
from .breaker import CircuitBreaker
from .breaker_transport import BreakerTransport
from .call_transport import CallTransport
from .connection_limit import ConnectionLimit
from .failed_calls import install_call_problem_handlers
from .no_cookies import NoCookies
from .reports import BreakerCollector, breaker_routes
from .retries import RetryTransport
from .settings import CallSettings
from .telemetry_transport import METER, TRACER, TelemetryTransport, durations_of
from .timed_transport import TimedTransport

Network = Callable[[httpx.Limits], httpx.AsyncBaseTransport]
"""Returns what sends the requests to one target."""

MIB = 1024 * 1024
KEEP_ALIVE_SECONDS = 4
"""Less than the 5 s after which uvicorn closes an idle connection: a request that is sent at that
moment is lost."""


def real_network(limits: httpx.Limits) -> httpx.AsyncBaseTransport:
    """Returns a transport that sends requests over the network."""
    return httpx.AsyncHTTPTransport(limits=limits)


class Outgoing(Component):
    """Makes one client for each target, with its own circuit breaker and connections.

    A service's tests give it a network of their own, as one of httpx's transports:

        async def payments(request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, json={"cents": 5})

        outgoing = Outgoing(CallSettings(), network=httpx.MockTransport(payments))

    `httpx.ASGITransport(app)` puts another application in the place of the network. A function
    that takes httpx.Limits and returns a transport is called once for each target.
    """

    def __init__(
        self,
        settings: CallSettings,
        clock: Clock = time.monotonic,
        network: Network | httpx.AsyncBaseTransport = real_network,
        tracer: Tracer = TRACER,
        meter: Meter = METER,
    ) -> None:
        self.breakers: dict[str, CircuitBreaker] = {}
        self._settings = settings
        self._clock = clock
        self._network = network
        self._tracer = tracer
        self._durations = durations_of(meter)
        self._urls: dict[str, httpx.URL] = {}
        self._clients: dict[str, httpx.AsyncClient] = {}

    def client(self, target: str, base_url: str) -> httpx.AsyncClient:
        """Returns the client of a target, for all of the service.

        It shares nothing between requests but connections: it keeps no cookies. Raises ValueError
        where base_url is no http or https URL, or not the one that the target has already.
        """
        url = url_of(target, base_url)
        if self._urls.setdefault(target, url) != url:
            raise ValueError(f"{target} has another URL already")
        if target not in self._clients:
            self._clients[target] = self._make(target, url)
        return self._clients[target]

    def _make(self, target: str, url: httpx.URL) -> httpx.AsyncClient:
        settings, clock = self._settings, self._clock
        seconds = settings.timeout_seconds
        breaker = self.breakers[target] = CircuitBreaker(
            target, settings.breaker, clock, probe_seconds=2 * seconds
        )
        limit = ConnectionLimit(target, settings.connections, seconds, clock)
        transport: httpx.AsyncBaseTransport = self._transport()
        transport = AnswerTransport(transport, int(settings.max_answer_mib * MIB))
        transport = TimedTransport(transport, seconds, clock)
        transport = TelemetryTransport(transport, self._tracer, self._durations, clock)
        transport = BreakerTransport(transport, breaker, limit)
        transport = RetryTransport(transport, settings.retries, clock)
        return httpx.AsyncClient(
            base_url=url,
            transport=CallTransport(transport, target, url, clock),
            timeout=seconds,
            headers={"accept-encoding": "gzip"},
            cookies=NoCookies(),
            trust_env=False,
        )

    def _transport(self) -> httpx.AsyncBaseTransport:
        if isinstance(self._network, httpx.AsyncBaseTransport):
            return self._network
        return self._network(
            httpx.Limits(
                max_keepalive_connections=self._settings.connections,
                keepalive_expiry=KEEP_ALIVE_SECONDS,
            )
        )

    @property
    def collectors(self) -> Sequence[Collector]:
        """Returns the metrics of the circuit breakers."""
        return (BreakerCollector(self.breakers),)

    def install(self, app: FastAPI) -> None:
        """Adds the answers to failed calls and /internal/breakers."""
        install_call_problem_handlers(app)
        app.include_router(breaker_routes(self.breakers))

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes all clients, for good."""
        async with AsyncExitStack() as closing:
            for client in self._clients.values():
                closing.push_async_callback(client.aclose)


def url_of(target: str, text: str) -> httpx.URL:
    """Returns a URL that can be called. Raises ValueError without the URL: it may have a password.

    That is for the start of a service, where wrong settings have to end it.
    """
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(f"the URL of {target} is not an http or https URL with a host")
    return url
