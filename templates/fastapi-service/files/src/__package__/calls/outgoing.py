"""The only place of this service that makes HTTP clients."""

import time
from collections.abc import Callable

import httpx
from opentelemetry.instrumentation.httpx import AsyncOpenTelemetryTransport

from .breaker import CircuitBreaker, Clock
from .breaker_transport import BreakerTransport
from .deadline import DeadlineTransport
from .retries import RetryTransport
from .settings import CallSettings

Network = Callable[[httpx.Limits], httpx.AsyncBaseTransport]


def network(limits: httpx.Limits) -> httpx.AsyncBaseTransport:
    """Each attempt is a span, and carries its trace to the target."""
    return AsyncOpenTelemetryTransport(httpx.AsyncHTTPTransport(limits=limits))


class Outgoing:
    """Makes one client for each target, with its own breaker and connections."""

    def __init__(
        self,
        settings: CallSettings,
        clock: Clock = time.monotonic,
        network: Network = network,
    ) -> None:
        self.breakers: dict[str, CircuitBreaker] = {}
        self._settings = settings
        self._clock = clock
        self._network = network
        self._clients: list[httpx.AsyncClient] = []

    def client(self, target: str, base_url: str) -> httpx.AsyncClient:
        settings, clock = self._settings, self._clock
        breaker = self.breakers[target] = CircuitBreaker(target, settings.breaker, clock)
        inner = self._network(httpx.Limits(max_connections=settings.connections))
        timed = DeadlineTransport(inner, settings.timeout_seconds, clock)
        transport = RetryTransport(BreakerTransport(timed, breaker), settings.retries, clock)
        client = httpx.AsyncClient(
            base_url=base_url, transport=transport, timeout=settings.timeout_seconds
        )
        self._clients.append(client)
        return client

    async def aclose(self) -> None:
        for client in self._clients:
            await client.aclose()
