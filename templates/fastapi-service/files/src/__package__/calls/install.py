from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from .api import BreakerCollector, breaker_routes
from .deadline import DeadlineMiddleware
from .errors import install_call_problem_handlers
from .outgoing import Outgoing


def install_calls(app: FastAPI, outgoing: Outgoing, registry: CollectorRegistry) -> None:
    """What an application needs that calls others: deadlines, answers to failed calls, reports."""
    app.add_middleware(DeadlineMiddleware)
    install_call_problem_handlers(app)
    app.include_router(breaker_routes(outgoing.breakers))
    registry.register(BreakerCollector(outgoing.breakers))
