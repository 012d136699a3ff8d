"""The breakers' state, for people and for Prometheus; it can only be read."""

from collections.abc import Iterator, Mapping

from fastapi import APIRouter
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from pydantic import BaseModel

from .breaker import CircuitBreaker, State

STATE_NUMBERS = {State.CLOSED: 0, State.HALF_OPEN: 1, State.OPEN: 2}


class BreakerReport(BaseModel):
    """The breaker of one target."""

    target: str
    state: State
    consecutive_failures: int
    rejections: int
    retry_after_seconds: float


class BreakerReports(BaseModel):
    """All breakers of this process."""

    items: list[BreakerReport]


def breaker_routes(breakers: Mapping[str, CircuitBreaker]) -> APIRouter:
    """Returns the route /internal/breakers."""
    router = APIRouter(prefix="/internal", include_in_schema=False)

    @router.get("/breakers")
    async def list_breakers() -> BreakerReports:
        reports = [
            BreakerReport(
                target=breaker.target,
                state=breaker.state,
                consecutive_failures=breaker.consecutive_failures,
                rejections=breaker.rejections,
                retry_after_seconds=round(breaker.retry_after, 3),
            )
            for breaker in breakers.values()
        ]
        return BreakerReports(items=reports)

    return router


class BreakerCollector(Collector):
    """Reads the breakers when Prometheus asks: a call itself pays nothing for it."""

    def __init__(self, breakers: Mapping[str, CircuitBreaker]) -> None:
        self._breakers = breakers

    def collect(self) -> Iterator[Metric]:
        """Returns the metrics of all breakers."""
        states = GaugeMetricFamily(
            "gennet_circuit_breaker_state", "0 closed, 1 half-open, 2 open", labels=["target"]
        )
        transitions = CounterMetricFamily(
            "gennet_circuit_breaker_transitions", "Changes of state", labels=["target", "to"]
        )
        rejections = CounterMetricFamily(
            "gennet_circuit_breaker_rejections", "Calls that were not made", labels=["target"]
        )
        for target, breaker in self._breakers.items():
            states.add_metric([target], STATE_NUMBERS[breaker.state])
            rejections.add_metric([target], breaker.rejections)
            for state in State:
                transitions.add_metric([target, state], breaker.transitions[state])
        yield from (states, transitions, rejections)
