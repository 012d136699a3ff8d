"""Connections to the database: pooled ones for requests, a separate one for readiness."""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from types import TracebackType
from typing import Any, Self

import structlog
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from opentelemetry.instrumentation.utils import suppress_instrumentation
from sqlalchemy import URL, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext import asyncio as async_sqlalchemy
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from .. import SERVICE
from ..problems import UnavailableError
from .settings import PostgresSettings

log = structlog.stdlib.get_logger(__name__)


def create_engine(
    settings: PostgresSettings,
    session: Mapping[str, str],
    statement_seconds: float | None,
    **pool: Any,
) -> AsyncEngine:
    """An engine whose statements are spans; `session` is what the server sets for each login."""
    instrumentor = SQLAlchemyInstrumentor()
    if not instrumentor.is_instrumented_by_opentelemetry:
        instrumentor.instrument()
    url = URL.create(
        "postgresql+asyncpg",
        settings.user,
        settings.password.get_secret_value(),
        settings.host,
        settings.port,
        settings.database,
    )
    arguments = {
        "ssl": tls_of(settings),
        "timeout": settings.connect_seconds,
        "command_timeout": statement_seconds,
        "server_settings": {"application_name": SERVICE, **session},
    }
    # By the module's name: what was imported by its own would not be the instrumented one.
    return async_sqlalchemy.create_async_engine(
        url, connect_args=arguments, hide_parameters=True, **pool
    )


def tls_of(settings: PostgresSettings) -> ssl.SSLContext | bool:
    """Checks the certificate and the host's name, as libpq does for sslmode=verify-full."""
    if settings.tls == "off":
        return False
    return ssl.create_default_context(cafile=settings.ca_file)


class Database:
    """The connections of the running service; nothing is connected before it is needed."""

    def __init__(self, settings: PostgresSettings) -> None:
        pool: dict[str, Any] = {
            "pool_timeout": settings.pool_seconds,
            # A connection that broke while it was idle is replaced before it is used.
            "pool_pre_ping": True,
            "max_overflow": 0,
        }
        seconds = settings.statement_seconds
        self._engine = create_engine(settings, {}, seconds, pool_size=settings.pool_size, **pool)
        # That all connections are busy is no reason to send requests elsewhere.
        self._probe = create_engine(settings, {}, seconds, pool_size=1, **pool)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Committed at its end, rolled back by an error. Raises UnavailableError."""
        try:
            connection = await self._engine.connect()
        except Exception as error:
            raise unavailable(error) from error
        async with aclosing(connection):
            try:
                async with connection.begin():
                    yield connection
            except TimeoutError as error:
                raise unavailable(error) from error
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise unavailable(error) from error
                raise

    async def check(self) -> None:
        with suppress_instrumentation():
            async with self._probe.connect() as connection:
                await connection.execute(text("SELECT 1"))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._engine.dispose()
        await self._probe.dispose()


def unavailable(error: Exception) -> UnavailableError:
    log.warning("database unavailable", error=repr(error))
    return UnavailableError("The database is not available at the moment.")
