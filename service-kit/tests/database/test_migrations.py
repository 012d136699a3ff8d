import asyncio
import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import structlog
from alembic import command
from alembic.config import main as alembic
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from gennet_service_kit.database import migrate, versions
from gennet_service_kit.database.connections import Database
from gennet_service_kit.database.driver import Server
from gennet_service_kit.database.engine import create_engine
from gennet_service_kit.database.owner import MigrationError, owner_connection, take_turn
from gennet_service_kit.database.settings import PostgresSettings
from gennet_service_kit.settings import ServiceSettings
from gennet_service_kit.testing.postgres import Platform, variables_of

from . import migrating
from .items import Items
from .migrating import MIGRATIONS, Postgres, Settings
from .pooler import TransactionPooler

TABLES = {"alembic_version", "idempotency_keys", "items"}


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """The command sends the log of the whole process to its standard output."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def tables_of(settings: PostgresSettings) -> set[str]:
    async def ask() -> set[str]:
        async with owner_connection(settings) as connection:
            return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))

    return asyncio.run(ask())


def run_main(settings: PostgresSettings, folder: Path = MIGRATIONS) -> int:
    """Returns the exit code."""
    values = settings.model_dump() | {"password": settings.password}
    try:
        migrate.main(Settings(postgres=Postgres.model_validate(values)), folder)
    except SystemExit as ended:
        return int(str(ended.code))
    return 0


def lines_of(log: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in log.splitlines()]


def test_the_migrations_make_the_tables_of_the_code(postgres: PostgresSettings) -> None:
    """The table of idempotency keys is not in the metadata, and is left as it is."""
    command.check(migrate.migrations_of(postgres, MIGRATIONS))


def test_every_migration_can_be_rolled_back_and_made_again(
    empty_postgres: PostgresSettings,
) -> None:
    migrations = migrate.migrations_of(empty_postgres, MIGRATIONS)
    history = ScriptDirectory.from_config(migrations).walk_revisions()
    for revision in reversed(list(history)):
        command.upgrade(migrations, revision.revision)
        command.downgrade(migrations, "-1")
        command.upgrade(migrations, revision.revision)
    command.check(migrations)
    command.downgrade(migrations, "base")

    assert tables_of(empty_postgres) == {"alembic_version"}


def test_a_new_table_becomes_a_migration_that_makes_it(
    empty_postgres: PostgresSettings, tmp_path: Path
) -> None:
    """With its index and its defaults, so that there is nothing more to be made afterwards."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("0*", "*256", "__py*"))
    migrations = migrate.migrations_of(empty_postgres, folder)

    command.revision(migrations, "items", autogenerate=True, rev_id="0001")
    [made] = versions.add_versions(folder)
    migrate.upgrade(empty_postgres, folder)

    assert made == "versions/0001_items.py"
    assert "added_in" in (folder / made).read_text()
    command.check(migrations)


@pytest.mark.anyio
async def test_both_logins_can_change_and_use_what_either_has_made(
    platform: Platform, empty_postgres: PostgresSettings
) -> None:
    one, other = (empty_postgres.model_copy(update={"user": user}) for user in platform.logins)
    await asyncio.to_thread(migrate.upgrade, one, MIGRATIONS)

    async with Database(one) as database:
        await Items(database).add("of one")
    async with owner_connection(other) as connection:
        await connection.execute(text("ALTER TABLE items ADD COLUMN note text"))
        await connection.execute(text("ALTER TABLE items DROP COLUMN note"))
        await connection.commit()
    async with Database(other) as database:
        await Items(database).add("of the other")
        await Items(database).remove("of one")
        assert (await Items(database).page(10)).rows == ["of the other"]
    migrations = migrate.migrations_of(other, MIGRATIONS)
    await asyncio.to_thread(command.downgrade, migrations, "base")
    await asyncio.to_thread(migrate.upgrade, one, MIGRATIONS)


@pytest.mark.anyio
async def test_what_migrations_make_belongs_to_the_role_without_a_login(
    platform: Platform, postgres: PostgresSettings
) -> None:
    statement = "SELECT tablename, tableowner FROM pg_tables WHERE schemaname = 'public'"
    async with Database(postgres) as database, database.transaction() as connection:
        rows = (await connection.execute(text(statement))).all()

    assert dict(map(tuple, rows)) == dict.fromkeys(TABLES, platform.owner)


@asynccontextmanager
async def connection_to(settings: PostgresSettings) -> AsyncIterator[AsyncConnection]:
    engine = create_engine(Server(settings), {}, command_seconds=None, poolclass=NullPool)
    async with engine.connect() as connection:
        yield connection


@pytest.mark.anyio
async def test_one_migration_waits_for_another_to_end(
    empty_postgres: PostgresSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    impatient = empty_postgres.model_copy(update={"turn_seconds": 0.01})

    async with owner_connection(empty_postgres):
        async with connection_to(empty_postgres) as other:
            assert not await take_turn(other)
        assert await asyncio.to_thread(run_main, impatient) == 1
    async with connection_to(empty_postgres) as other:
        assert await take_turn(other)
    assert await asyncio.to_thread(run_main, empty_postgres) == 0

    failed, *_ = lines_of(capsys.readouterr().out)
    assert failed["event"] == "migration failed"
    assert failed["reason"].startswith("another migration of this database runs for more than")
    assert "APP_POSTGRES__TURN_SECONDS" in failed["hint"]


@pytest.mark.anyio
async def test_a_turn_ends_with_its_connection(
    empty_postgres: PostgresSettings, platform: Platform
) -> None:
    async with connection_to(empty_postgres) as other:
        process = await other.scalar(text("SELECT pg_backend_pid()"))
        assert await take_turn(other)
        await platform.run(f"SELECT pg_terminate_backend({process}, 60000)")
        async with owner_connection(empty_postgres):
            pass


def with_another(folder: Path, body: str) -> Path:
    """Makes a copy of the migrations in the folder, with one more."""
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "0003_another.py").write_text(
        "from alembic import op\nrevision = '0003'\ndown_revision = '0002'\n"
        f"def upgrade():\n    {body}\n"
    )
    versions.add_versions(folder)
    return folder


@pytest.mark.anyio
async def test_a_migration_waits_for_a_table_only_so_long_and_says_what_to_do(
    postgres: PostgresSettings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    impatient = postgres.model_copy(update={"lock_seconds": 0.01})
    folder = with_another(tmp_path / "migrations", 'op.drop_column("items", "name")')

    async with Database(postgres) as database, database.transaction() as connection:
        await connection.execute(text("LOCK TABLE items IN ACCESS SHARE MODE"))
        assert await asyncio.to_thread(run_main, impatient, folder) == 1

    failed = lines_of(capsys.readouterr().out)[-1]
    assert (failed["event"], failed["reason"]) == ("migration failed", "lock timeout")
    assert "APP_POSTGRES__LOCK_SECONDS" in failed["hint"]


def test_the_command_migrates_and_logs_it(empty_postgres: PostgresSettings) -> None:
    ended = subprocess.run(  # noqa: S603  (this Python)
        [sys.executable, "-m", migrating.__name__],
        env={**os.environ, **variables_of(empty_postgres)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
    assert lines_of(ended.stdout)[-1]["event"] == "the schema is up to date"
    assert tables_of(empty_postgres) == TABLES


def test_alembic_s_own_command_makes_a_revision(
    empty_postgres: PostgresSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It finds the settings in the environment, and the folder in a file."""
    for name, value in variables_of(empty_postgres).items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    file = tmp_path / "pyproject.toml"
    file.write_text(f'[tool.alembic]\nscript_location = "{folder}"\n')

    alembic(["--config", str(file), "upgrade", "head"])
    alembic(["--config", str(file), "revision", "--autogenerate", "--rev-id", "3", "-m", "x"])

    assert "op." not in (folder / "versions" / "3_x.py").read_text()


def test_a_migration_that_fails_fails_the_command(
    empty_postgres: PostgresSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = empty_postgres.model_copy(update={"owner": "pg_monitor"})

    assert run_main(settings) == 1

    written = capsys.readouterr().out
    [line] = lines_of(written)
    assert line["event"] == "migration failed"
    assert "permission denied to set role" in line["reason"]
    assert settings.password.get_secret_value() not in written
    assert tables_of(empty_postgres) == set()


def test_a_migration_with_a_bug_fails_the_command_and_is_rolled_back(
    empty_postgres: PostgresSettings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = 'op.execute("CREATE TABLE half ()"); op.execute("SELECT 1 FROM missing")'
    folder = with_another(tmp_path / "migrations", body)

    assert run_main(empty_postgres, folder) == 1

    assert 'relation "missing" does not exist' in lines_of(capsys.readouterr().out)[-1]["exception"]
    assert tables_of(empty_postgres) == TABLES


def test_migrations_that_were_changed_are_not_made(
    empty_postgres: PostgresSettings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = with_another(tmp_path / "migrations", "pass")
    (folder / "versions" / "0001_items.py").write_text("other")

    assert run_main(empty_postgres, folder) == 1

    [line] = lines_of(capsys.readouterr().out)
    assert line["reason"] == "migrations were changed or removed: versions/0001_items.py"
    assert tables_of(empty_postgres) == set()


def test_a_version_that_was_rolled_back_leaves_a_newer_schema_as_it_is(
    postgres: PostgresSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    async def make_newer() -> None:
        async with owner_connection(postgres) as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
            await connection.commit()

    asyncio.run(make_newer())

    assert run_main(postgres) == 0

    last = lines_of(capsys.readouterr().out)[-1]
    assert last["event"] == "the schema is newer than this version"
    assert tables_of(postgres) == TABLES


@pytest.mark.anyio
@pytest.mark.parametrize("pooler", ["none", "transaction"])
@pytest.mark.parametrize("ignores", [False, True])
async def test_migrations_through_a_pooler_are_refused_by_name(
    empty_postgres: PostgresSettings, pooler: str, ignores: bool
) -> None:
    """Their role and their turn belong to a session, which a pooler gives to others."""
    between = TransactionPooler(empty_postgres, ignores)
    await between.open()
    update = {"port": between.port, "pooler": pooler}
    try:
        with pytest.raises(
            MigrationError, match=r"do not work through a pooler.*PostgreSQL itself"
        ):
            async with owner_connection(empty_postgres.model_copy(update=update)):
                pass
    finally:
        await between.shut()


def test_migrations_on_a_replica_are_refused_by_name(
    platform: Platform, empty_postgres: PostgresSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    setting = f"ALTER DATABASE {empty_postgres.database} SET default_transaction_read_only = on"
    asyncio.run(platform.run(setting))

    assert run_main(empty_postgres) == 1
    assert lines_of(capsys.readouterr().out)[-1]["reason"] == "server is read-only"

    replica = empty_postgres.model_copy(update={"read_only": True})
    assert run_main(replica) == 0
    assert "from the source" in lines_of(capsys.readouterr().out)[-1]["event"]


def test_settings_without_a_database_are_a_mistake_of_the_service() -> None:
    with pytest.raises(TypeError, match="no field `postgres`"):
        migrate.main(ServiceSettings(), MIGRATIONS)
