import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import structlog

from gennet_service_kit.health import Check, Readiness, Result

pytestmark = pytest.mark.anyio


class Store:
    """Answers when a test lets it, and fails while it is broken."""

    def __init__(self) -> None:
        self.broken = False
        self.answers = asyncio.Event()
        self.answers.set()
        self.asked = 0
        self.cancelled = False

    async def check(self) -> None:
        self.asked += 1
        try:
            await self.answers.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        if self.broken:
            raise ConnectionError("no route to db.internal")


@pytest.fixture
def store() -> Store:
    return Store()


def quick(*checks: Check, overdue_seconds: float = 60) -> Readiness:
    return Readiness(
        checks, interval_seconds=0.001, retry_seconds=0.001, overdue_seconds=overdue_seconds
    )


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - nothing signals this
            await asyncio.sleep(0.001)


async def until_it_is(readiness: Readiness, **results: Result) -> None:
    await until(lambda: readiness.report().checks == results)


async def test_it_is_ready_from_when_the_checks_have_answered_to_when_it_is_left(
    store: Store,
) -> None:
    readiness = quick(Check("store", store.check))
    assert readiness.report().status == "not ready"
    async with readiness:
        assert readiness.report().model_dump() == {
            "status": "not ready",
            "checks": {"store": "failed"},
        }
        await until_it_is(readiness, store="ok")
        assert readiness.report().status == "ready"
    assert readiness.report().status == "not ready"


async def test_without_checks_it_is_ready_at_once() -> None:
    async with quick() as readiness:
        assert readiness.report().status == "ready"
        readiness.accepting = False
        assert readiness.report().status == "not ready"


async def test_a_report_asks_nothing(store: Store) -> None:
    async with Readiness([Check("store", store.check)], interval_seconds=60) as readiness:
        await until_it_is(readiness, store="ok")
        for _ in range(100):
            readiness.report()
        await asyncio.sleep(0)
        assert store.asked == 1


async def test_a_failure_is_noticed_and_recovers(store: Store) -> None:
    async with quick(Check("store", store.check)) as readiness:
        await until_it_is(readiness, store="ok")
        store.broken = True
        await until_it_is(readiness, store="failed")
        assert readiness.report().status == "not ready"
        store.broken = False
        await until_it_is(readiness, store="ok")
        assert readiness.report().status == "ready"


async def test_a_check_that_is_not_required_degrades_only(store: Store) -> None:
    store.broken = True
    other = Store()
    checks = [Check("cache", store.check, required=False), Check("database", other.check)]
    async with quick(*checks) as readiness:
        await until_it_is(readiness, cache="degraded", database="ok")
        assert readiness.report().status == "ready"


async def test_a_check_that_hangs_counts_as_failed_without_being_cancelled(store: Store) -> None:
    async with quick(Check("store", store.check), overdue_seconds=0.001) as readiness:
        await until_it_is(readiness, store="ok")
        store.answers.clear()
        await until_it_is(readiness, store="failed")
        asked = store.asked
        await asyncio.sleep(0.01)
        assert (store.asked, store.cancelled) == (asked, False)

        store.answers.set()
        await until_it_is(readiness, store="ok")
    assert not store.cancelled


async def test_a_check_that_hangs_ends_with_the_service(store: Store) -> None:
    store.answers.clear()
    async with quick(Check("store", store.check)):
        await until(lambda: store.asked == 1)
    assert store.cancelled


async def cancel_itself() -> None:
    raise asyncio.CancelledError


def misdeclared() -> Awaitable[None]:
    raise RuntimeError("unforeseen")


@pytest.mark.parametrize("ask", [cancel_itself, misdeclared])
async def test_whatever_a_check_raises_it_is_asked_again(
    ask: Callable[[], Awaitable[None]], store: Store
) -> None:
    asks = [ask, ask, store.check]

    def next_ask() -> Awaitable[None]:
        return (asks.pop(0) if len(asks) > 1 else asks[0])()

    async with quick(Check("store", next_ask)) as readiness:
        await until_it_is(readiness, store="ok")


async def test_the_log_has_changes_only_with_the_reason(store: Store) -> None:
    store.broken = True
    with structlog.testing.capture_logs() as lines:
        async with quick(Check("store", store.check)) as readiness:
            await until(lambda: store.asked > 3)
            store.broken = False
            await until_it_is(readiness, store="ok")
            await until(lambda: store.asked > 10)
    assert lines == [failed("ConnectionError: no route to db.internal"), RECOVERED]


async def test_the_log_says_that_a_check_hangs(store: Store) -> None:
    store.answers.clear()
    with structlog.testing.capture_logs() as lines:
        async with quick(Check("store", store.check), overdue_seconds=0.01) as readiness:
            await until(lambda: bool(lines))
            store.answers.set()
            await until_it_is(readiness, store="ok")
    assert lines == [failed("no answer within 0.01 s"), RECOVERED]


def failed(error: str) -> dict[str, Any]:
    return {"event": "check failed", "check": "store", "error": error, "log_level": "warning"}


RECOVERED = {"event": "check recovered", "check": "store", "log_level": "info"}
