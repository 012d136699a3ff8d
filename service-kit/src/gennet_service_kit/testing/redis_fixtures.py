"""Fixtures of tests that need Redis; a pytest plugin."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from ..cache.settings import RedisSettings
from .redis import PREFIX, redis_process, serve_url, variables_of
from .server_process import HOST, ServerProcess

# A test of something else must not depend on how fast this machine is.
PATIENT = {
    "connect_seconds": 30,
    "response_seconds": 30,
    "heartbeat_seconds": 30,
    "presence_seconds": 3600,
    "near_seconds": 3600,
    "lease_seconds": 3600,
    "first_wait_seconds": 0.01,
    "longest_wait_seconds": 0.05,
}


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis for all tests, in the form of TEST_REDIS_URL."""
    with serve_url() as url:
        yield url


@pytest.fixture(scope="session")
def redis_variables(redis_url: str) -> dict[str, str]:
    """The variables with which a service finds that Redis."""
    return variables_of(redis_url)


@pytest.fixture
def redis_settings(redis_variables: dict[str, str]) -> RedisSettings:
    """Settings of that Redis, with a prefix that nothing has yet."""
    given = {name.removeprefix(PREFIX).lower(): value for name, value in redis_variables.items()}
    return RedisSettings.model_validate({**PATIENT, **given, "prefix": uuid4().hex})


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A Redis for this test alone, which the test starts and may stop."""
    process = redis_process(tmp_path)
    yield process
    process.end()


@pytest.fixture
def own_redis_settings(redis_server: ServerProcess) -> RedisSettings:
    """Settings of the Redis that is for this test alone."""
    return RedisSettings.model_validate({**PATIENT, "host": HOST, "port": redis_server.port})
