"""The service as it is run for work on it, by python -m tests.stores, on servers that are given."""

import os
import signal
import sys
<% if (it.neo4j) { -%>
from urllib.parse import quote, urlsplit
<% } -%>

import pytest

from tests.serving import serve_once
<% if (it.postgres) { -%>
from tests.stores.postgres import Platform
<% } -%>

STORES = [sys.executable, "-m", "tests.stores", "--"]


<% if (it.neo4j) { -%>
@pytest.fixture
def neo4j_url(neo4j_server: dict[str, str]) -> str:
    given = {name.removeprefix("APP_NEO4J__"): value for name, value in neo4j_server.items()}
    where = urlsplit(given["URI"])
    login = f"{quote(given['USERNAME'])}:{quote(given['PASSWORD'])}"
    return f"{where.scheme}://{login}@{where.netloc}/{given['DATABASE']}"


<% } -%>
<% if (it.postgres) { -%>
@pytest.fixture
def postgres_url(platform: Platform) -> str:
    administrator = platform.administrator.set(drivername="postgresql")
    return administrator.render_as_string(hide_password=False)


<% } -%>
<% if (it.redis) { -%>
@pytest.fixture
def redis_url(redis_variables: dict[str, str]) -> str:
    given = {name.removeprefix("APP_REDIS__"): value for name, value in redis_variables.items()}
    return os.environ.get("TEST_REDIS_URL") or f"redis://{given['HOST']}:{given['PORT']}"


<% } -%>
def test_told_to_stop_it_hands_that_on_and_ends_after_the_service(
<% const stores = ["neo4j", "postgres", "redis"].filter((store) => it[store]); -%>
<% for (const store of stores) { -%>
    <%= store %>_url: str,
<% } -%>
) -> None:
    given = {
<% for (const store of stores) { -%>
        "TEST_<%= store.toUpperCase() %>_URL": <%= store %>_url,
<% } -%>
    }

    code, log = serve_once(given, through=STORES)

    assert [line["event"] for line in log].count("stopped") == 1
    assert {line["level"] for line in log} == {"info"}
    assert code == 128 + signal.SIGTERM
