"""What the description of the API promises, tried with requests that no person would think of."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case, GenerationMode
from schemathesis.python import asgi

from .sample import create_app

described = create_app()
everything = schemathesis.openapi.from_dict(described.openapi())
valid = schemathesis.openapi.from_dict(described.openapi())
valid.config.generation.update(modes=[GenerationMode.POSITIVE])
# The same requests every time, and not more than take a moment.
bounded = settings(
    max_examples=10,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def service() -> Iterator[asgi.ASGIClient]:
    app: Any = create_app()
    with asgi.get_client(app) as client:
        yield client
    asgi.shutdown_lifespans()


@everything.parametrize()
@bounded
def test_every_request_is_answered_as_described(case: Case[Any], service: asgi.ASGIClient) -> None:
    case.call_and_validate(session=service, app=service.app)


@valid.include(path_regex="/{").parametrize()
@bounded
def test_so_is_every_request_for_items_that_exist(
    case: Case[Any], service: asgi.ASGIClient
) -> None:
    for name in case.path_parameters:
        added = service.post("/items", json={"name": str(uuid4())})
        case.path_parameters[name] = added.json()["id"]
    case.call_and_validate(session=service, app=service.app)
