from typing import Any

from opentelemetry.instrumentation.redis import RedisInstrumentor
from redis.asyncio import BlockingConnectionPool, Redis, SSLConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from .. import SERVICE
from .settings import RedisSettings


def connect(settings: RedisSettings) -> Redis:
    """A client that connects when it is first used. Each of its commands is a span."""
    password = settings.password.get_secret_value() if settings.password else None
    tls: dict[str, Any] = {"connection_class": SSLConnection} if settings.tls else {}
    pool = BlockingConnectionPool(
        host=settings.host,
        port=settings.port,
        db=settings.database,
        username=settings.username,
        password=password,
        client_name=SERVICE,
        decode_responses=True,
        encoding_errors="replace",
        max_connections=settings.connections,
        timeout=settings.response_seconds,
        socket_connect_timeout=settings.connect_seconds,
        socket_timeout=settings.response_seconds,
        # Who asks a cache has something better to do than to ask again.
        retry=Retry(NoBackoff(), 0),
        # Under the newer one redis-py sets up its own logger.
        protocol=2,
        **tls,
    )
    redis = Redis.from_pool(pool)
    RedisInstrumentor.instrument_client(redis)
    return redis
