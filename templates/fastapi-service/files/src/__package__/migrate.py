"""Brings the schema of the database to what this version needs, and says what it did."""

import sys
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.script.revision import ResolutionError

from .database.settings import PostgresSettings
from .logs import configure_logging
from .settings import load_settings

MIGRATIONS = Path(__file__).parent / "database" / "migrations"

log = structlog.stdlib.get_logger(__name__)


def migrations_of(settings: PostgresSettings) -> Config:
    """What Alembic's commands take to work on this database."""
    config = Config(attributes={"postgres": settings})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def main() -> None:
    settings = load_settings()
    configure_logging(settings, sys.stdout)
    try:
        command.upgrade(migrations_of(settings.postgres), "head")
    except Exception as error:
        # A later version made it so, and this one was rolled back to: it must be able to start.
        if isinstance(error.__cause__, ResolutionError):
            log.warning("the schema is newer than this version")
            return
        log.exception("migration failed")
        raise SystemExit(1) from None
    log.info("the schema is up to date")


if __name__ == "__main__":
    main()
