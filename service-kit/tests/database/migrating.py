"""The migrations of a service, as its own code would have them."""

from pathlib import Path

from gennet_service_kit.database.migrate import main
from gennet_service_kit.database.settings import PostgresSettings
from gennet_service_kit.settings import ServiceSettings, load_settings

MIGRATIONS = Path(__file__).parent / "migrations"


class Postgres(PostgresSettings):
    database: str = "orders"
    owner: str = "orders"
    application: str = "orders"


class Settings(ServiceSettings):
    postgres: Postgres


if __name__ == "__main__":
    main(load_settings(Settings), MIGRATIONS)
