"""Alembic runs this for each of its commands."""

from alembic import context
from gennet_service_kit.database.environment import run_migrations
from gennet_service_kit.settings import load_settings

<%= it.python.importing(`${it.package}.database.tables`, "METADATA") %>
<%= it.python.importing(`${it.package}.settings`, "Settings") %>

run_migrations(context, METADATA, lambda: load_settings(Settings).postgres)
