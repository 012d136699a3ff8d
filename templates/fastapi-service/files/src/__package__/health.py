import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

import structlog
from fastapi import APIRouter, Response, status
from pydantic import BaseModel

Check = Callable[[], Awaitable[None]]
"""Returns when what it asks for can be used; raises when not."""

CHECK_SECONDS = 1.0

log = structlog.stdlib.get_logger(__name__)


class Ready(BaseModel):
    status: Literal["ready", "not ready"]
    checks: dict[str, Literal["ok", "failed"]]


class Readiness:
    """Ready means: the service has started, is not stopping, and every check passes."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self.accepting = False
        self._checks = checks

    async def report(self) -> Ready:
        passed = await asyncio.gather(*(self._ask(name) for name in self._checks))
        results = dict(zip(self._checks, passed, strict=True))
        ready = self.accepting and all(results.values())
        return Ready(
            status="ready" if ready else "not ready",
            checks={name: "ok" if result else "failed" for name, result in results.items()},
        )

    async def _ask(self, name: str) -> bool:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await self._checks[name]()
        except Exception as error:
            # The reason is for the log: who asks here needs no names of hosts and users.
            log.warning("check failed", check=name, error=repr(error))
            return False
        return True


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
