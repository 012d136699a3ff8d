"""What an application is put together from, beside its routes."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from fastapi import FastAPI
from prometheus_client.registry import Collector

from .health import Check


class Component:
    """A part of a service that lives as long as it: a store, the clients of other services.

    Entered when the service starts and left, in the opposite order, when it stops. Entering waits
    for no other process: what cannot be reached yet fails its check, and never the start.
    """

    @property
    def checks(self) -> Sequence[Check]:
        """Returns what readiness asks."""
        return ()

    @property
    def collectors(self) -> Sequence[Collector]:
        """Returns what Prometheus reads beside the metrics of requests."""
        return ()

    def install(self, app: FastAPI) -> None:
        """Adds the routes and exception handlers that the component needs."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        return None
