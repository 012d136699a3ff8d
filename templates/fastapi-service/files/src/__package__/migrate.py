"""Brings the schema of the database to what this version needs."""

from pathlib import Path

from gennet_service_kit.database import migrate
from gennet_service_kit.settings import load_settings

from .settings import Settings

MIGRATIONS = Path(__file__).parent / "database" / "migrations"


def main() -> None:
    migrate.main(load_settings(Settings), MIGRATIONS)


if __name__ == "__main__":
    main()
