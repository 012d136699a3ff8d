"""Brings the schema of the database to what this version needs, and logs what it did."""

import asyncio
import sys
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.script.revision import ResolutionError

from ..logs import configure_logging
from ..settings import ServiceSettings
from .environment import SETTINGS
from .errors import DatabaseUnavailableError
from .owner import MigrationError
from .restored import settle_restored_rows
from .settings import PostgresSettings
from .versions import check_versions

HINTS = {
    "lock timeout": "A table stayed in use, and the migration is rolled back: run it again, or"
    " raise APP_POSTGRES__LOCK_SECONDS, for which all who want the table wait as well.",
    "connection lost": "The server rolled the migration back: run it again.",
}

log = structlog.stdlib.get_logger(__name__)


def main(settings: ServiceSettings, folder: Path) -> None:
    """Makes the migrations of the folder in the database of `settings.postgres`.

    Ends the process with 1 where that fails. A schema that is newer is left as it is: a version
    that was rolled back must be able to start. The schema of a read replica is its source's.
    """
    postgres = getattr(settings, "postgres", None)
    if not isinstance(postgres, PostgresSettings):
        raise TypeError("The settings have no field `postgres` of the type PostgresSettings.")
    configure_logging(settings, postgres.application, sys.stdout)
    if postgres.read_only:
        log.info("the schema comes from the source of this replica")
        return
    try:
        check_versions(folder)
        upgrade(postgres, folder)
    except (MigrationError, DatabaseUnavailableError) as error:
        hint = error.hint if isinstance(error, MigrationError) else HINTS.get(error.reason)
        log.error("migration failed", reason=error.reason, hint=hint)
        raise SystemExit(1) from None
    except Exception as error:
        if isinstance(error.__cause__, ResolutionError):
            log.warning("the schema is newer than this version")
            return
        log.exception("migration failed")
        raise SystemExit(1) from None
    log.info("the schema is up to date")


def upgrade(settings: PostgresSettings, folder: Path) -> None:
    """Makes all migrations that are missing. Raises MigrationError, and what they raise."""
    command.upgrade(migrations_of(settings, folder), "head")
    for table, rows in asyncio.run(settle_restored_rows(settings)).items():
        log.warning("rows of another server are listed in order again", table=table, rows=rows)


def migrations_of(settings: PostgresSettings, folder: Path) -> Config:
    """Returns what Alembic's commands take to work on this database."""
    config = Config(attributes={SETTINGS: settings})
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config
