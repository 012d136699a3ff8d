import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import structlog
from fastapi import APIRouter, Response, status
from pydantic import BaseModel

CHECK_SECONDS = 1.0

Result = Literal["ok", "degraded", "failed"]

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True)
class Check:
    """Asks one dependency. Without a required one the service is not ready.

    Without any other it is degraded: it does its work, with less than it should have.
    """

    name: str
    ask: Callable[[], Awaitable[object]]
    """Returns when the dependency can be used; raises when not."""
    required: bool = True


class Ready(BaseModel):
    status: Literal["ready", "not ready"]
    checks: dict[str, Result]


class Readiness:
    """Ready means: the service has started, is not stopping, and no required check fails."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self.accepting = False
        self._checks = checks

    async def report(self) -> Ready:
        results = await asyncio.gather(*(result_of(check) for check in self._checks))
        ready = self.accepting and "failed" not in results
        return Ready(
            status="ready" if ready else "not ready",
            checks={
                check.name: result for check, result in zip(self._checks, results, strict=True)
            },
        )


async def result_of(check: Check) -> Result:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check.ask()
    except Exception as error:
        # The reason is for the log: who asks here needs no names of hosts and users.
        log.warning("check failed", check=check.name, error=repr(error))
        return "failed" if check.required else "degraded"
    return "ok"


def health_routes(readiness: Readiness) -> APIRouter:
    router = APIRouter(prefix="/health", tags=["health"])

    @router.get("/live")
    async def live() -> dict[str, str]:
        """Whether the process answers; a failure restarts it, so it asks nothing of others."""
        return {"status": "alive"}

    @router.get("/ready")
    async def ready(response: Response) -> Ready:
        """Whether requests should be sent here."""
        report = await readiness.report()
        if report.status != "ready":
            response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
        return report

    return router
