"""PostgreSQL: a server with what the platform makes there for a service."""

import asyncio
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pydantic import SecretStr
from sqlalchemy import URL, NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from ..database.settings import PostgresSettings
from .postgres_server import serve_administrator

Upgrade = Callable[[PostgresSettings], object]
"""Makes the service's schema in a database."""


def nothing(_: PostgresSettings) -> None:
    """Leaves the database without a schema."""


@contextmanager
def serve(upgrade: Upgrade = nothing) -> Iterator[dict[str, str]]:
    """Yields the variables with which a service finds a database that is there until the end."""
    with (
        serve_administrator() as administrator,
        platform_on(administrator) as platform,
        platform.database() as settings,
    ):
        upgrade(settings)
        yield variables_of(settings)


@dataclass(frozen=True)
class Platform:
    """Has made a role that owns, and two logins that take turns; makes databases."""

    administrator: URL
    owner: str
    logins: tuple[str, str]
    password: str

    async def run(self, *statements: str) -> None:
        """Runs the statements as the administrator."""
        await asyncio.to_thread(run_sql, self.administrator, *statements)

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[PostgresSettings]:
        """Yields the settings of a new database, which is dropped at the end."""
        name = f"{self.owner}_{secrets.token_hex(4)}"
        run_sql(
            self.administrator,
            f"CREATE DATABASE {name} OWNER {self.owner} TEMPLATE {template}",
            f"REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        )
        try:
            yield PostgresSettings(
                host=str(self.administrator.host),
                port=self.administrator.port or 5432,
                database=name,
                user=self.logins[0],
                password=SecretStr(self.password),
                owner=self.owner,
                tls="off",
            )
        finally:
            run_sql(self.administrator, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def platform_on(administrator: URL) -> Iterator[Platform]:
    """Yields roles on this server, which are dropped at the end."""
    owner, password = f"test_{secrets.token_hex(4)}", secrets.token_hex()
    logins = (f"{owner}_a", f"{owner}_b")
    run_sql(
        administrator,
        f"CREATE ROLE {owner} NOLOGIN",
        *(f"CREATE ROLE {each} LOGIN PASSWORD '{password}' IN ROLE {owner}" for each in logins),
        # An administrator that is no superuser may give a database to its own roles only.
        f"GRANT {owner} TO CURRENT_USER",
    )
    try:
        yield Platform(administrator, owner, logins, password)
    finally:
        run_sql(administrator, *(f"DROP ROLE {role}" for role in (*logins, owner)))


def variables_of(settings: PostgresSettings) -> dict[str, str]:
    """Returns the variables that lead a service to this database."""
    values = settings.model_dump(mode="json", exclude_none=True)
    values["password"] = settings.password.get_secret_value()
    return {f"APP_POSTGRES__{key.upper()}": str(value) for key, value in values.items()}


def run_sql(url: URL, *statements: str) -> None:
    """Runs the statements one by one, each in a transaction by itself."""

    async def run() -> None:
        engine = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        async with engine.connect() as connection:
            for statement in statements:
                await connection.exec_driver_sql(statement)

    asyncio.run(run())
