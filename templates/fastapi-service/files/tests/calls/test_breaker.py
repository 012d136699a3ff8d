from collections.abc import Callable

import pytest

from <%= it.package %>.calls.breaker import (
    CircuitBreaker,
    State,
)
from <%= it.package %>.calls.errors import (
    CircuitOpenError,
)
from <%= it.package %>.calls.settings import (
    BreakerSettings,
)

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
