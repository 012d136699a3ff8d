import random
from collections.abc import Callable

import pytest

from gennet_service_kit.calls.breaker import (
    CircuitBreaker,
    State,
)
from gennet_service_kit.calls.errors import CircuitOpenError
from gennet_service_kit.calls.settings import BreakerSettings

from .doubles import Clock, state_of


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    settings = BreakerSettings(
        consecutive_failures=3,
        failure_rate=0.5,
        minimum_calls=10,
        window_seconds=30,
        open_seconds=10,
        jitter=0,
    )
    return CircuitBreaker("stock", settings, clock)


def end(breaker: CircuitBreaker, *outcomes: bool) -> None:
    for succeeded in outcomes:
        breaker.settle(breaker.admit(), succeeded)


def rejected(breaker: CircuitBreaker) -> bool:
    try:
        breaker.admit()
    except CircuitOpenError:
        return True
    return False


def test_it_opens_after_failures_in_a_row(breaker: CircuitBreaker) -> None:
    end(breaker, False, False, True, False, False)
    assert state_of(breaker) is State.CLOSED
    end(breaker, False)
    assert state_of(breaker) is State.OPEN
    assert rejected(breaker)
    assert (breaker.rejections, breaker.transitions[State.OPEN]) == (1, 1)


def test_it_opens_when_too_many_of_the_last_calls_failed(breaker: CircuitBreaker) -> None:
    end(breaker, *[True, False] * 4, True)
    assert state_of(breaker) is State.CLOSED
    end(breaker, False)
    assert state_of(breaker) is State.OPEN


def test_it_forgets_calls_that_are_long_ago(breaker: CircuitBreaker, clock: Clock) -> None:
    end(breaker, *[True, False] * 4, True)
    clock.now += 31
    end(breaker, False, True, False, True)
    assert state_of(breaker) is State.CLOSED


def test_it_lets_one_call_try_after_a_while(breaker: CircuitBreaker, clock: Clock) -> None:
    end(breaker, False, False, False)
    clock.now += 9.9
    with pytest.raises(CircuitOpenError) as refused:
        breaker.admit()
    assert refused.value.retry_after == pytest.approx(0.1)

    clock.now += 0.1
    probe = breaker.admit()
    assert state_of(breaker) is State.HALF_OPEN
    assert all(rejected(breaker) for _ in range(19))

    breaker.settle(probe, True)
    assert state_of(breaker) is State.CLOSED
    end(breaker, False, False)
    assert state_of(breaker) is State.CLOSED


def test_a_failed_try_opens_it_again(breaker: CircuitBreaker, clock: Clock) -> None:
    end(breaker, False, False, False)
    clock.now += 10
    end(breaker, False)
    assert state_of(breaker) is State.OPEN
    assert breaker.retry_after == 10
    assert breaker.transitions == {State.OPEN: 2, State.HALF_OPEN: 1}


def test_a_try_that_was_given_up_lets_the_next_one_try(
    breaker: CircuitBreaker, clock: Clock
) -> None:
    end(breaker, False, False, False)
    clock.now += 10
    breaker.settle(breaker.admit(), None)
    assert state_of(breaker) is State.HALF_OPEN
    probe = breaker.admit()
    assert rejected(breaker)
    breaker.settle(probe, True)
    assert state_of(breaker) is State.CLOSED


def test_calls_from_before_it_opened_do_not_decide(breaker: CircuitBreaker, clock: Clock) -> None:
    early = [breaker.admit() for _ in range(3)]
    end(breaker, False, False, False)
    clock.now += 10
    probe = breaker.admit()
    for permit, succeeded in zip(early, (True, False, None), strict=True):
        breaker.settle(permit, succeeded)
        assert state_of(breaker) is State.HALF_OPEN
        assert rejected(breaker)
    breaker.settle(probe, True)
    assert state_of(breaker) is State.CLOSED


def test_a_call_that_was_given_up_counts_for_nothing(breaker: CircuitBreaker) -> None:
    end(breaker, False, False)
    breaker.settle(breaker.admit(), None)
    assert breaker.consecutive_failures == 2


@pytest.mark.parametrize(("pick", "pause"), [(min, 8), (max, 12)])
def test_replicas_do_not_all_try_at_once(
    pick: Callable[[float, float], float], pause: float, clock: Clock
) -> None:
    settings = BreakerSettings(consecutive_failures=1, open_seconds=10, jitter=0.2)
    breaker = CircuitBreaker("stock", settings, clock, uniform=pick)
    end(breaker, False)
    assert breaker.retry_after == pytest.approx(pause)


def test_a_probe_that_is_never_settled_does_not_block_the_breaker_for_ever(
    breaker: CircuitBreaker, clock: Clock
) -> None:
    end(breaker, False, False, False)
    clock.now += 10
    lost = breaker.admit()
    clock.now += 9.9
    assert rejected(breaker)

    clock.now += 0.1
    probe = breaker.admit()
    assert rejected(breaker)
    breaker.settle(lost, False)
    assert state_of(breaker) is State.HALF_OPEN
    breaker.settle(probe, True)
    assert state_of(breaker) is State.CLOSED


def test_a_check_takes_no_place(breaker: CircuitBreaker, clock: Clock) -> None:
    end(breaker, False, False, False)
    with pytest.raises(CircuitOpenError):
        breaker.check()
    assert breaker.rejections == 1
    clock.now += 10
    breaker.check()
    breaker.check()
    assert state_of(breaker) is State.OPEN
    breaker.admit()
    with pytest.raises(CircuitOpenError):
        breaker.check()


class Model:
    """The same breaker as plain lists: slow, and simple enough to be seen to be right."""

    def __init__(self, settings: BreakerSettings) -> None:
        self.settings = settings
        self.state = State.CLOSED
        self.since = 0.0
        self.probe: tuple[float, int] | None = None
        self.ended: list[tuple[float, bool]] = []
        self.admitted = 0
        self.valid: set[int] = set()

    def enter(self, state: State, now: float) -> None:
        self.state, self.since, self.probe = state, now, None
        self.ended, self.valid = [], set()

    def admit(self, now: float) -> int | None:
        opens = self.settings.open_seconds
        if self.state is State.OPEN:
            if now < self.since + opens:
                return None
            self.enter(State.HALF_OPEN, now)
        self.admitted += 1
        if self.state is State.HALF_OPEN:
            if self.probe is not None and now < self.probe[0] + opens:
                return None
            self.probe = (now, self.admitted)
            self.valid = set()
        self.valid.add(self.admitted)
        return self.admitted

    def settle(self, call: int, succeeded: bool | None, now: float) -> None:
        if call not in self.valid:
            return
        self.valid.discard(call)
        if self.state is State.HALF_OPEN:
            self.probe = None
            if succeeded is not None:
                self.enter(State.CLOSED if succeeded else State.OPEN, now)
        elif succeeded is not None:
            self.ended.append((now, succeeded))
            if not succeeded and self.too_much(now):
                self.enter(State.OPEN, now)

    def too_much(self, now: float) -> bool:
        row = self.settings.consecutive_failures
        last = [succeeded for _, succeeded in self.ended[-row:]]
        recent = [ok for at, ok in self.ended if at > now - self.settings.window_seconds]
        return (len(last) == row and not any(last)) or (
            len(recent) >= self.settings.minimum_calls
            and recent.count(False) >= self.settings.failure_rate * len(recent)
        )


@pytest.mark.parametrize("seed", range(20))
def test_it_does_what_a_simple_model_does(seed: int, clock: Clock) -> None:
    chance = random.Random(seed)  # noqa: S311  (nothing secret)
    settings = BreakerSettings(
        consecutive_failures=4,
        failure_rate=0.5,
        minimum_calls=6,
        window_seconds=5,
        open_seconds=2,
        jitter=0,
    )
    breaker, model = CircuitBreaker("stock", settings, clock), Model(settings)
    running: list[tuple[int, int]] = []
    seen: set[State] = set()
    for _ in range(1500):
        clock.now += chance.choice([0, 0, 0.25, 0.5, 2])
        if running and chance.random() < 0.5:
            permit, call = running.pop(chance.randrange(len(running)))
            outcome = chance.choice([True, False, None])
            breaker.settle(permit, outcome)
            model.settle(call, outcome, clock.now)
        else:
            expected = model.admit(clock.now)
            try:
                permit = breaker.admit()
            except CircuitOpenError:
                assert expected is None
            else:
                assert expected is not None
                running.append((permit, expected))
        assert state_of(breaker) is model.state
        seen.add(model.state)
    assert seen == set(State)
