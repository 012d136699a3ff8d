from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from <%= it.package %>.cache.settings import (
    RedisSettings,
)

from ..stores.redis import PREFIX, redis_process, serve_url, variables_of
from ..stores.server_process import HOST, ServerProcess

# Of a test that is about something else nothing may depend on how fast this machine is.
PATIENT = {
    "connect_seconds": 30,
    "response_seconds": 30,
    "heartbeat_seconds": 30,
    "near_seconds": 3600,
    "lease_seconds": 3600,
    "first_wait_seconds": 0.01,
    "longest_wait_seconds": 0.05,
}


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with serve_url() as url:
        yield url


@pytest.fixture(scope="session")
def redis_variables(redis_url: str) -> dict[str, str]:
    return variables_of(redis_url)


@pytest.fixture
def redis_settings(redis_variables: dict[str, str]) -> RedisSettings:
    """A Redis in which nothing has this test's prefix yet."""
    given = {name.removeprefix(PREFIX).lower(): value for name, value in redis_variables.items()}
    return RedisSettings.model_validate({**PATIENT, **given, "prefix": uuid4().hex})


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A Redis of this test alone, which it may stop."""
    process = redis_process(tmp_path)
    yield process
    process.end()


@pytest.fixture
def own_redis_settings(redis_server: ServerProcess) -> RedisSettings:
    return RedisSettings.model_validate({**PATIENT, "host": HOST, "port": redis_server.port})
