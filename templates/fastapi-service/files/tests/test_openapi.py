<% const { path } = it.entity; -%>
<% const logins = [["postgres", "user"], ["neo4j", "username"]].filter(([store]) => it[store]); -%>
"""The API does what its description promises, for requests that no person would think of."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from schemathesis import Case, GenerationMode
from schemathesis.python import asgi

from <%= it.package %>.app import create_app
from <%= it.package %>.settings import Settings

<% if (logins.length > 0) { -%>
described = create_app(
    Settings(
<% for (const [store, user] of logins) { -%>
        <%= store %>={"<%= user %>": "nobody", "password": "of a store that is not there"},
<% } -%>
    )
).openapi()
<% } else { -%>
described = create_app(Settings()).openapi()
<% } -%>

everything = schemathesis.openapi.from_dict(described).include(path_regex="^/<%= path %>")
valid = schemathesis.openapi.from_dict(described).include(path_regex="^/<%= path %>/{")
valid.config.generation.update(modes=[GenerationMode.POSITIVE])
# A cursor is described as a text, and not every text is one.
everything.config.checks.positive_data_acceptance.expected_statuses.append("422")
# The same requests every time, and not more than take a moment.
bounded = settings(
    max_examples=10,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

# The service draws from `random` in its own thread, which Hypothesis takes for the strategy's.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")


@pytest.fixture
def session(service: FastAPI) -> Iterator[asgi.ASGIClient]:
    app: Any = service
    with asgi.get_client(app) as client:
        yield client
    asgi.shutdown_lifespans()


@everything.parametrize()
@bounded
def test_every_request_is_answered_as_described(case: Case[Any], session: asgi.ASGIClient) -> None:
    case.call_and_validate(session=session, app=session.app)


@valid.parametrize()
@bounded
def test_so_is_every_request_for_what_exists(case: Case[Any], session: asgi.ASGIClient) -> None:
    for name in case.path_parameters:
        added = session.post("/<%= path %>", json={"name": str(uuid4())})
        case.path_parameters[name] = added.json()["id"]
    case.call_and_validate(session=session, app=session.app)
