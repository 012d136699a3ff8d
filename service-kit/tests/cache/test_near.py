import asyncio
import time

import pytest

from gennet_service_kit.cache.near import Load, NearCache
from gennet_service_kit.cache.settings import RedisSettings
from gennet_service_kit.requests.context import RequestContext, current

pytestmark = pytest.mark.anyio

SETTINGS = RedisSettings(near_seconds=5, near_entries=2, lease_seconds=10, max_value_bytes=8)


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Source:
    """Answers how often it was asked, at once or when it is allowed to."""

    def __init__(self) -> None:
        self.asked = 0
        self.cancelled = 0
        self.allowed = asyncio.Event()
        self.allowed.set()

    async def load(self) -> str:
        self.asked += 1
        answer = str(self.asked)
        try:
            await self.allowed.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return answer


async def fail() -> str:
    raise LookupError("gone")


async def turn() -> None:
    """Lets every task that can continue do so."""
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def near(clock: Clock) -> NearCache:
    near = NearCache(SETTINGS, clock)
    near.open()
    return near


async def test_a_value_is_loaded_once_for_its_time(near: NearCache, clock: Clock) -> None:
    source = Source()

    assert [await near.get("a", source.load) for _ in range(3)] == ["1", "1", "1"]
    clock.now += 5
    assert await near.get("a", source.load) == "2"


async def test_many_calls_at_a_time_cause_one_load(near: NearCache) -> None:
    source = Source()

    answers = await asyncio.gather(*(near.get("a", source.load) for _ in range(20)))

    assert answers == ["1"] * 20
    assert source.asked == 1


async def test_the_oldest_value_makes_room(near: NearCache) -> None:
    source = Source()
    for key in ("a", "b", "c"):
        await near.get(key, source.load)

    assert await near.get("c", source.load) == "3"
    assert await near.get("b", source.load) == "2"
    assert await near.get("a", source.load) == "4"


async def test_what_is_dropped_while_it_is_loaded_is_not_kept(near: NearCache) -> None:
    source = Source()
    source.allowed.clear()
    first = asyncio.create_task(near.get("a", source.load))
    await turn()

    near.drop("a")
    second = asyncio.create_task(near.get("a", source.load))
    await turn()
    source.allowed.set()

    assert (await first, await second) == ("1", "2")
    assert await near.get("a", source.load) == "2"


async def test_what_was_loaded_before_it_was_opened_is_not_kept(clock: Clock) -> None:
    near, source = NearCache(SETTINGS, clock), Source()
    source.allowed.clear()
    loading = asyncio.create_task(near.get("a", source.load))
    await turn()

    near.open()
    source.allowed.set()

    assert await loading == "1"
    assert await near.get("a", source.load) == "2"


async def test_what_was_kept_is_forgotten_when_it_is_closed(near: NearCache) -> None:
    source = Source()
    await near.get("a", source.load)

    near.close()
    near.open()

    assert await near.get("a", source.load) == "2"


async def test_closed_it_keeps_nothing(clock: Clock) -> None:
    near, source = NearCache(SETTINGS, clock), Source()

    assert [await near.get("a", source.load) for _ in range(2)] == ["1", "2"]


async def test_a_value_of_more_bytes_than_allowed_is_not_kept(near: NearCache) -> None:
    async def long() -> str:
        return "é" * 4

    async def too_long() -> str:
        return "é" * 4 + "e"

    source = Source()
    assert await near.get("a", long) == await near.get("a", source.load)
    assert source.asked == 0
    assert await near.get("b", too_long) == "éééée"
    assert await near.get("b", source.load) == "1"


async def test_a_failed_load_fails_all_calls_that_wait_for_it_and_is_not_kept(
    near: NearCache,
) -> None:
    failed: list[Load] = [fail, fail]
    answers = await asyncio.gather(
        *(near.get("a", load) for load in failed), return_exceptions=True
    )

    assert [repr(answer) for answer in answers] == ["LookupError('gone')"] * 2
    assert await near.get("a", Source().load) == "1"


async def test_a_caller_that_gives_up_does_not_end_the_load_of_the_others(near: NearCache) -> None:
    source = Source()
    source.allowed.clear()
    first, second = (asyncio.create_task(near.get("a", source.load)) for _ in range(2))
    await turn()

    first.cancel()
    await turn()
    source.allowed.set()

    assert first.cancelled()
    assert await second == "1"


async def test_a_load_that_hangs_is_not_joined_after_its_lease(
    near: NearCache, clock: Clock
) -> None:
    source = Source()
    source.allowed.clear()
    hanging = asyncio.create_task(near.get("a", source.load))
    await turn()

    clock.now += SETTINGS.lease_seconds
    source.allowed.set()

    assert await near.get("a", source.load) == "2"
    assert await hanging == "1"
    assert await near.get("a", source.load) == "2"


async def test_a_load_that_nothing_waits_for_continues_until_its_lease_ends() -> None:
    # By the real clock: the loop's timers know no other.
    near, source = NearCache(SETTINGS.model_copy(update={"lease_seconds": 0.1})), Source()
    source.allowed.clear()
    caller = asyncio.create_task(near.get("a", source.load))
    await turn()
    caller.cancel()
    await asyncio.wait([caller])
    assert source.cancelled == 0

    async with asyncio.timeout(60):
        while source.cancelled == 0:  # noqa: ASYNC110  (a cancelled task has no event for us)
            await asyncio.sleep(0.01)
    source.allowed.set()
    assert await near.get("a", source.load) == "2"


async def test_at_its_end_nothing_is_loaded_any_more(near: NearCache) -> None:
    source = Source()
    source.allowed.clear()
    caller = asyncio.create_task(near.get("a", source.load))
    await turn()

    await near.end()

    assert source.cancelled == 1
    await asyncio.wait([caller])


async def test_a_load_has_the_request_of_its_caller_but_not_its_deadline(near: NearCache) -> None:
    async def load() -> str:
        request = current.get()
        assert request is not None
        return f"{request.request_id} {request.deadline}"

    reset = current.set(RequestContext("one", deadline=time.monotonic()))
    assert await near.get("a", load) == "one None"
    assert current.get() is not None
    current.reset(reset)
