"""Connections of asyncpg, as the pool, readiness and migrations open them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import asyncpg  # type: ignore[import-untyped]  # it has no types

from .reasons import READ_ONLY, Reason, unavailable
from .settings import PostgresSettings
from .tls import tls_of


class DriverConnection(Protocol):
    """What is used of asyncpg.Connection."""

    async def execute(self, query: str, *, timeout: float) -> str:  # noqa: ASYNC109  (asyncpg's)
        """Runs one statement without parameters, in one round trip."""
        ...

    async def fetchrow(self, query: str) -> Sequence[Any] | None:
        """Returns the first row."""
        ...

    def get_server_pid(self) -> int:
        """Returns the id of the server's process, as it was given when the connection was made."""
        ...

    def is_closed(self) -> bool:
        """Returns whether either side has closed it, as far as that is known here."""
        ...

    def terminate(self) -> None:
        """Closes it without a word."""
        ...


Connect = Callable[..., Awaitable[DriverConnection]]
"""asyncpg.connect, or what takes the same arguments."""

connect_driver: Connect = asyncpg.connect

# A statement that takes too long is ended by the server, whose connection then stays usable. A
# server that has not even done that after another moment is unreachable.
GRACE_SECONDS = 1.0

BETWEEN = Reason(
    "a pooler is between the service and PostgreSQL",
    "Set APP_POSTGRES__POOLER=transaction behind PgBouncer or RDS Proxy.",
)


class Server:
    """Opens connections to the server of these settings; the certificates are read once."""

    def __init__(
        self,
        settings: PostgresSettings,
        connect: Connect = connect_driver,
        *,
        writes: bool = True,
    ) -> None:
        """Where `writes` is false, the server may be a replica."""
        self.settings = settings
        self.writes = writes
        self.pooled = settings.pooler == "transaction"
        """Whether a pooler gives each transaction another connection."""
        self._connect = connect
        self._tls = tls_of(settings)

    async def open(
        self,
        session: Mapping[str, str],
        *,
        connect_seconds: float,
        command_seconds: float | None,
    ) -> DriverConnection:
        """Returns a new connection that can write, unless the server may be a replica.

        The server's name is resolved each time. `session` is what the server sets for this login.
        Raises DatabaseUnavailableError, and the errors of asyncpg and of the network.
        """
        settings = self.settings
        connection = await self._connect(
            host=settings.host,
            port=settings.port,
            user=settings.user,
            password=settings.password.get_secret_value(),
            database=settings.database,
            ssl=self._tls,
            timeout=connect_seconds,
            command_timeout=command_seconds,
            # Behind a pooler the next transaction may be at another server: without the cache each
            # statement is parsed where it is run, and has no name that would be taken there.
            statement_cache_size=0 if self.pooled else 100,
            server_settings={"application_name": settings.application, **session},
        )
        try:
            await self.verify(connection)
        except BaseException:
            connection.terminate()
            raise
        return connection

    async def verify(self, connection: DriverConnection) -> None:
        """Raises DatabaseUnavailableError where it cannot write, or an unknown pooler is between.

        A pooler gives its clients process ids that it made up.
        """
        row = await connection.fetchrow(
            "SELECT pg_backend_pid(), current_setting('transaction_read_only')"
        )
        process, read_only = row if row is not None else (None, None)
        if not self.pooled and process != connection.get_server_pid():
            raise unavailable(BETWEEN)
        if read_only != "off" and self.writes and not self.settings.read_only:
            raise unavailable(READ_ONLY)


def reader_of(settings: PostgresSettings) -> PostgresSettings | None:
    """Returns the settings of the server for reads, if that is another one."""
    if settings.reader_host is None:
        return None
    return settings.model_copy(update={"host": settings.reader_host})


def session_of(server: "Server") -> dict[str, str]:
    """Returns what the server sets for each transaction of the service."""
    limits = limits_of(server.settings)
    return limits if server.writes else {**limits, "default_transaction_read_only": "on"}


def limits_of(settings: PostgresSettings) -> dict[str, str]:
    """Returns the server's own time-outs, in milliseconds."""
    return {
        "statement_timeout": milliseconds(settings.statement_seconds),
        "idle_in_transaction_session_timeout": milliseconds(settings.idle_seconds),
    }


def milliseconds(seconds: float) -> str:
    """Returns at least 1: for PostgreSQL 0 is no limit."""
    return str(max(1, round(seconds * 1000)))
