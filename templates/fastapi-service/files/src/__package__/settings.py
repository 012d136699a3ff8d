from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
<% if (it.depends_on.length + it.features.length > 0) { %>
<% } -%>
<% if (it.redis) { -%>
from .cache.settings import RedisSettings
<% } -%>
<% if (it.depends_on.length > 0) { -%>
from .calls.settings import CallSettings
<% } -%>
<% if (it.postgres) { -%>
from .database.settings import PostgresSettings
<% } -%>
<% if (it.neo4j) { -%>
from .graph.settings import Neo4jSettings
<% } -%>

PREFIX = "APP_"
NESTED = "__"
<% if (it.depends_on.length > 0) { -%>


def in_cluster(service: str) -> str:
    """Where a service of the platform answers: its namespace has its name."""
    return f"http://{service}.{service}.svc.cluster.local"
<% } -%>


class Settings(BaseSettings):
    """What the environment may set. A value is never repeated in an error: it may be a secret."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter=NESTED, frozen=True, hide_input_in_errors=True
    )

    environment: str = Field(default="local", min_length=1)
    region: str = Field(default="none", min_length=1)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    shutdown_seconds: int = Field(default=20, ge=0, le=600)
<% if (it.postgres) { -%>
    postgres: PostgresSettings = Field(default_factory=dict, validate_default=True)
<% } -%>
<% if (it.redis) { -%>
    redis: RedisSettings = RedisSettings()
<% } -%>
<% if (it.neo4j) { -%>
    neo4j: Neo4jSettings = Field(default_factory=dict, validate_default=True)
<% } -%>
<% if (it.depends_on.length > 0) { -%>
    calls: CallSettings = CallSettings()
<% for (const { name, module } of it.depends_on) { -%>
    <%= module %>_url: str = in_cluster(
        "<%= name %>",
    )
<% } -%>
<% } -%>


def load_settings() -> Settings:
    """Ends the process with an explanation where they are not valid."""
    try:
        return Settings()
    except ValidationError as error:
        raise SystemExit(explain(error)) from None


def explain(error: ValidationError) -> str:
    """One line per wrong variable, under the name it has in the environment."""
    lines = (
        f"  {PREFIX}{NESTED.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
        for problem in error.errors(include_input=False, include_url=False)
    )
    return "\n".join(["The settings are not valid:", *lines])
