"""The schema of the database is that of the code, in every version."""

import asyncio
import json
import os
import subprocess
import sys

from alembic import command
from alembic.script import ScriptDirectory
from gennet_service_kit.database.migrate import migrations_of
from gennet_service_kit.database.owner import owner_connection
from gennet_service_kit.database.settings import PostgresSettings
from gennet_service_kit.database.versions import check_versions
from gennet_service_kit.testing.postgres import variables_of
from sqlalchemy import inspect

<%= it.python.importing(`${it.package}.database.tables`, "METADATA") %>
<%= it.python.importing(`${it.package}.migrate`, "MIGRATIONS") %>


def test_migrations_make_the_tables_of_the_code(postgres: PostgresSettings) -> None:
    command.check(migrations_of(postgres, MIGRATIONS))


def test_every_migration_can_be_undone_and_made_again(empty_postgres: PostgresSettings) -> None:
    migrations = migrations_of(empty_postgres, MIGRATIONS)
    history = ScriptDirectory.from_config(migrations).walk_revisions()
    for revision in reversed(list(history)):
        command.upgrade(migrations, revision.revision)
        command.downgrade(migrations, "-1")
        command.upgrade(migrations, revision.revision)
    command.downgrade(migrations, "base")

    assert tables_of(empty_postgres) == {"alembic_version"}


def test_no_migration_was_changed() -> None:
    check_versions(MIGRATIONS)


def test_the_command_makes_them(empty_postgres: PostgresSettings) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "<%= it.package %>.migrate"],
        env={**os.environ, **variables_of(empty_postgres)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
    assert json.loads(ended.stdout.splitlines()[-1])["event"] == "the schema is up to date"
    assert tables_of(empty_postgres) >= {"alembic_version", *METADATA.tables}


def tables_of(settings: PostgresSettings) -> set[str]:
    async def ask() -> set[str]:
        async with owner_connection(settings) as connection:
            return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))

    return asyncio.run(ask())
