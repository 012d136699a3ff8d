"""Alembic runs this for each of its commands."""

from alembic import context

from gennet_service_kit.database.environment import run_migrations
from gennet_service_kit.settings import load_settings
from tests.database.items import Base
from tests.database.migrating import Settings

run_migrations(context, Base.metadata, lambda: load_settings(Settings).postgres)
