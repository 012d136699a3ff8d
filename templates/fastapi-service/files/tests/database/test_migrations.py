import asyncio
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from <%= it.package %> import migrate
from <%= it.package %>.database.connections import (
    Database,
    create_engine,
)
from <%= it.package %>.database.owner import (
    owner_connection,
    take_turn,
)
from <%= it.package %>.database.settings import (
    PostgresSettings,
)
from <%= it.package %>.items.model import NewItem
from <%= it.package %>.items.postgres_store import (
    PostgresItems,
)
from <%= it.package %>.migrate import (
    MIGRATIONS,
    migrations_of,
)

from tests.stores.postgres import Platform, variables_of


def test_the_migrations_make_the_tables_of_the_code(postgres: PostgresSettings) -> None:
    command.check(migrations_of(postgres))


def test_every_migration_can_be_taken_back_and_made_again(
    empty_postgres: PostgresSettings,
) -> None:
    migrations = migrations_of(empty_postgres)
    history = ScriptDirectory.from_config(migrations).walk_revisions()
    for revision in reversed(list(history)):
        command.upgrade(migrations, revision.revision)
        command.downgrade(migrations, "-1")
        command.upgrade(migrations, revision.revision)
    command.check(migrations)
    command.downgrade(migrations, "base")

    assert tables_of(empty_postgres) == {"alembic_version"}


def test_a_migration_never_changes() -> None:
    """Somewhere it has been made already. A new one is written down by

    cd src/<%= it.package %>/database/migrations
    sha256sum versions/*.py > versions.sha256
    """
    written = (MIGRATIONS / "versions.sha256").read_text().splitlines()
    files = sorted((MIGRATIONS / "versions").glob("*.py"))
    sums = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    assert written == [f"{s}  versions/{file.name}" for s, file in zip(sums, files, strict=True)]


@pytest.mark.anyio
async def test_both_logins_can_change_and_use_what_either_has_made(
    platform: Platform, empty_postgres: PostgresSettings
) -> None:
    one, other = (empty_postgres.model_copy(update={"user": user}) for user in platform.logins)
    await asyncio.to_thread(command.upgrade, migrations_of(one), "head")

    async with Database(one) as database:
        added = await PostgresItems(database).add(NewItem(name="of one"))
    async with owner_connection(other) as connection:
        await connection.execute(text("ALTER TABLE items ADD COLUMN note text"))
        await connection.execute(text("ALTER TABLE items DROP COLUMN note"))
        await connection.commit()
    async with Database(other) as database:
        items = PostgresItems(database)
        assert await items.get(added.id) == added
        await items.remove(added.id)
        await items.add(NewItem(name="of the other"))
    await asyncio.to_thread(command.downgrade, migrations_of(other), "base")
    await asyncio.to_thread(command.upgrade, migrations_of(one), "head")


@pytest.mark.anyio
async def test_what_migrations_make_belongs_to_the_role_without_a_login(
    platform: Platform, postgres: PostgresSettings
) -> None:
    statement = "SELECT tablename, tableowner FROM pg_tables WHERE schemaname = 'public'"
    async with Database(postgres) as database, database.transaction() as connection:
        rows = (await connection.execute(text(statement))).all()

    assert dict(map(tuple, rows)) == {"alembic_version": platform.owner, "items": platform.owner}


@asynccontextmanager
async def connection_to(settings: PostgresSettings) -> AsyncIterator[AsyncConnection]:
    engine = create_engine(settings, {}, None, poolclass=NullPool)
    async with engine.connect() as connection:
        yield connection


@pytest.mark.anyio
async def test_one_migration_waits_for_another_to_end(empty_postgres: PostgresSettings) -> None:
    impatient = empty_postgres.model_copy(update={"turn_seconds": 0.01})

    async with owner_connection(empty_postgres):
        async with connection_to(empty_postgres) as other:
            assert not await take_turn(other)
        with pytest.raises(TimeoutError):
            await asyncio.to_thread(command.upgrade, migrations_of(impatient), "head")
    async with connection_to(empty_postgres) as other:
        assert await take_turn(other)
    await asyncio.to_thread(command.upgrade, migrations_of(empty_postgres), "head")


@pytest.mark.anyio
async def test_a_migration_does_not_wait_for_a_table_for_long(postgres: PostgresSettings) -> None:
    impatient = postgres.model_copy(update={"lock_seconds": 0.01})

    async with Database(postgres) as database, database.transaction() as connection:
        await connection.execute(text("LOCK TABLE items IN ACCESS SHARE MODE"))
        with pytest.raises(DBAPIError, match="lock timeout"):
            await asyncio.to_thread(command.downgrade, migrations_of(impatient), "base")


def test_the_command_migrates_and_says_so(empty_postgres: PostgresSettings) -> None:
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-m", migrate.__name__],
        env={**os.environ, **variables_of(empty_postgres)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
    assert "the schema is up to date" in events_of(ended.stdout)
    assert tables_of(empty_postgres) == {"alembic_version", "items"}


def test_a_migration_that_fails_fails_the_command(
    empty_postgres: PostgresSettings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = empty_postgres.model_copy(update={"owner": "pg_monitor"})
    for name, value in variables_of(settings).items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit) as ended:
        migrate.main()

    said = capsys.readouterr().out
    assert ended.value.code == 1
    assert events_of(said) == ["migration failed"]
    assert "permission denied to set role" in said
    assert settings.password.get_secret_value() not in said
    assert tables_of(empty_postgres) == set()


def test_a_version_that_was_rolled_back_leaves_a_newer_schema_as_it_is(
    postgres: PostgresSettings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    later = text("UPDATE alembic_version SET version_num = 'later'")

    async def make_newer() -> None:
        async with owner_connection(postgres) as connection:
            await connection.execute(later)
            await connection.commit()

    for name, value in variables_of(postgres).items():
        monkeypatch.setenv(name, value)
    asyncio.run(make_newer())
    migrate.main()

    assert events_of(capsys.readouterr().out)[-1] == "the schema is newer than this version"
    assert tables_of(postgres) == {"alembic_version", "items"}


def events_of(log: str) -> list[str]:
    return [json.loads(line)["event"] for line in log.splitlines()]


def tables_of(settings: PostgresSettings) -> set[str]:
    async def ask() -> set[str]:
        async with owner_connection(settings) as connection:
            return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))

    return asyncio.run(ask())
