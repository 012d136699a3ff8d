"""Measures what a circuit breaker costs each call: p50 and p99 of admit and settle, in µs.

    uv run python bench/breaker.py [PAIRS]

Exits with 1 where a p99 is above 10 µs.
"""

import gc
import logging
import random
import sys
import time

import structlog

from gennet_service_kit.calls.breaker import CircuitBreaker, State
from gennet_service_kit.calls.errors import CircuitOpenError
from gennet_service_kit.calls.settings import BreakerSettings

PAIRS = 200_000
LIMIT_US = 10.0
PAUSE_SECONDS = 0.005
"""So short that the breaker opens and closes many times; each change also writes to the log."""
MIXES = {"no failures": 0.0, "1 % fail": 0.01, "20 % fail": 0.2, "60 % fail": 0.6}


def measure(failing: float, pairs: int) -> tuple[list[int], CircuitBreaker]:
    """Returns nanoseconds of each pair, sorted, and the breaker."""
    breaker = CircuitBreaker("target", BreakerSettings(open_seconds=PAUSE_SECONDS))
    chance = random.Random(1)  # noqa: S311  (nothing secret)
    outcomes = [chance.random() >= failing for _ in range(pairs)]
    clock, took = time.perf_counter_ns, []
    for succeeded in outcomes:
        started = clock()
        try:
            permit = breaker.admit()
        except CircuitOpenError:
            pass
        else:
            breaker.settle(permit, succeeded)
        took.append(clock() - started)
    return sorted(took), breaker


def main() -> int:
    """Prints one line for each mix, with and without the garbage collector."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS
    # The lines about changed states are made, but written to nowhere.
    logging.basicConfig(handlers=[logging.NullHandler()])
    structlog.configure(logger_factory=structlog.stdlib.LoggerFactory())
    measure(0.2, 10_000)
    worst = 0.0
    print(f"{pairs} pairs each   {'p50 µs':>8}{'p99 µs':>8}{'opened':>8}{'rejected':>10}")
    for collecting in (False, True):
        (gc.enable if collecting else gc.disable)()
        for name, failing in MIXES.items():
            took, breaker = measure(failing, pairs)
            p50, p99 = took[len(took) // 2] / 1000, took[len(took) * 99 // 100] / 1000
            worst = max(worst, p99)
            label = f"{name}, gc {'on' if collecting else 'off'}"
            opened = breaker.transitions[State.OPEN]
            print(f"{label:<20}{p50:>8.2f}{p99:>8.2f}{opened:>8}{breaker.rejections:>10}")
    return int(worst > LIMIT_US)


if __name__ == "__main__":
    sys.exit(main())
