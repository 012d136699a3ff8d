"""Whether requests should be sent to this process: /health/live and /health/ready."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

import structlog
from fastapi import APIRouter, Response, status
from pydantic import BaseModel

INTERVAL_SECONDS = 2.0
RETRY_SECONDS = 0.5
# With the interval this is the time within which a store that hangs is noticed.
CHECK_SECONDS = 3.0

Result = Literal["ok", "degraded", "failed"]

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True)
class Check:
    """Asks one dependency. Without a required one the service is not ready.

    Without any other it is degraded: it does its work, with less than it should have.
    """

    name: str
    ask: Callable[[], Awaitable[object]]
    """Returns when the dependency can be used; raises when not. Bounded by its own time-outs: it is
    cancelled only when the service stops. The error goes to the log, so it must have no secrets."""
    required: bool = True


class Ready(BaseModel):
    """The answer of /health/ready."""

    status: Literal["ready", "not ready"]
    checks: dict[str, Result]


class Readiness:
    """Asks all checks in the background, from when it is entered to when it is left.

    Ready means: the service has started, is not stopping, and no required check fails. A check
    counts as failed until its first answer, and from when it is overdue until its next answer.
    """

    def __init__(
        self,
        checks: Sequence[Check],
        *,
        interval_seconds: float = INTERVAL_SECONDS,
        retry_seconds: float = RETRY_SECONDS,
        overdue_seconds: float = CHECK_SECONDS,
    ) -> None:
        """Asks again `interval_seconds` after a success and `retry_seconds` after a failure."""
        self.accepting = False
        """Whether requests are accepted: set by entering, and reset by leaving or by the server."""
        self._watches = [
            Watch(check, interval_seconds, retry_seconds, overdue_seconds) for check in checks
        ]
        self._tasks: list[asyncio.Task[None]] = []

    def report(self) -> Ready:
        """Returns what was heard last; asks nothing, so that it is as quick for a crowd."""
        results = {watch.check.name: watch.result for watch in self._watches}
        ready = self.accepting and "failed" not in results.values()
        return Ready(status="ready" if ready else "not ready", checks=results)

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(watch.run()) for watch in self._watches]
        self.accepting = True
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.accepting = False
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class Watch:
    """Asks one check again and again, and knows what it answered last."""

    def __init__(
        self, check: Check, interval_seconds: float, retry_seconds: float, overdue_seconds: float
    ) -> None:
        self.check = check
        self.result = self._failure
        self._interval_seconds = interval_seconds
        self._retry_seconds = retry_seconds
        self._overdue_seconds = overdue_seconds
        self._failing = False

    async def run(self) -> None:
        """Never returns."""
        while True:
            asked = asyncio.create_task(self._ask())
            try:
                await asyncio.wait([asked], timeout=self._overdue_seconds)
                if not asked.done():
                    self._failed(f"no answer within {self._overdue_seconds:g} s")
                    # Drivers do not survive a cancellation at every point, so it runs to its end.
                    await asyncio.wait([asked])
            except asyncio.CancelledError:
                asked.cancel()
                await asyncio.wait([asked])
                raise
            error = "cancelled" if asked.cancelled() else asked.result()
            if error is None:
                self._succeeded()
            else:
                self._failed(error)
            await asyncio.sleep(self._interval_seconds if error is None else self._retry_seconds)

    async def _ask(self) -> str | None:
        """Returns why the check failed, or None."""
        try:
            await self.check.ask()
        except Exception as error:
            return f"{type(error).__qualname__}: {error}".splitlines()[0]
        return None

    @property
    def _failure(self) -> Result:
        return "failed" if self.check.required else "degraded"

    def _failed(self, error: str) -> None:
        self.result = self._failure
        if not self._failing:
            self._failing = True
            # The reason is for the log: the caller of /health/ready needs no names of hosts.
            log.warning("check failed", check=self.check.name, error=error)

    def _succeeded(self) -> None:
        self.result = "ok"
        if self._failing:
            self._failing = False
            log.info("check recovered", check=self.check.name)


def health_routes(readiness: Readiness) -> APIRouter:
    """Returns the routes that the kubelet probes."""
    router = APIRouter(prefix="/health", tags=["health"])

    @router.get("/live")
    async def live() -> dict[str, str]:
        """Whether the process answers; a failure restarts it, so it asks nothing of others."""
        return {"status": "alive"}

    @router.get("/ready")
    async def ready(response: Response) -> Ready:
        """Whether requests should be sent here."""
        report = readiness.report()
        if report.status != "ready":
            response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
        return report

    return router
