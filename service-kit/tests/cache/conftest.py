from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from gennet_service_kit.cache.session import Session
from gennet_service_kit.cache.settings import RedisSettings
from gennet_service_kit.cache.shared import SharedCache
from gennet_service_kit.testing.server_process import ServerProcess


@pytest.fixture
def settings(redis_server: ServerProcess, own_redis_settings: RedisSettings) -> RedisSettings:
    """Of a Redis that runs, and that the test may do anything to."""
    redis_server.start()
    return own_redis_settings


@pytest.fixture
async def redis(redis_settings: RedisSettings) -> AsyncIterator[Redis]:
    """To look at Redis past the cache."""
    async with client_of(redis_settings) as redis:
        yield redis


@pytest.fixture
async def shared(redis_settings: RedisSettings) -> AsyncIterator[SharedCache]:
    async with joined(redis_settings) as shared:
        yield shared


def client_of(settings: RedisSettings) -> Redis:
    return Redis(
        host=settings.host, port=settings.port, db=settings.database, decode_responses=True
    )


async def name_of(redis: Redis, settings: RedisSettings, key: str) -> str:
    """What a key of the cache is called in Redis at present."""
    return f"{settings.prefix}:{await epoch_of(redis, settings)}:{key}"


async def epoch_of(redis: Redis, settings: RedisSettings) -> str | None:
    epoch = await redis.hget(f"{settings.prefix}:replicas", "epoch")
    assert epoch is None or isinstance(epoch, str)
    return epoch


@asynccontextmanager
async def joined(settings: RedisSettings) -> AsyncIterator[SharedCache]:
    """A shared cache with a session."""
    shared = SharedCache(settings)
    async with session_of(settings) as session:
        await shared.join(session)
        yield shared


@asynccontextmanager
async def session_of(settings: RedisSettings) -> AsyncIterator[Session]:
    session = Session(settings, uuid4().hex)
    try:
        await session.open()
        yield session
    finally:
        await session.close()
