"""A service of the kit with all stores and a client of another service."""

from fastapi import FastAPI
from pydantic import Field

from gennet_service_kit.application import create_service
from gennet_service_kit.cache.cache import Cache
from gennet_service_kit.cache.settings import RedisSettings
from gennet_service_kit.calls.outgoing import Outgoing
from gennet_service_kit.calls.settings import CallSettings
from gennet_service_kit.database.connections import Database
from gennet_service_kit.database.settings import PostgresSettings
from gennet_service_kit.graph.graph import Graph
from gennet_service_kit.graph.settings import Neo4jSettings
from gennet_service_kit.server import serve
from gennet_service_kit.settings import ServiceSettings


class Settings(ServiceSettings):
    """Where its stores are."""

    postgres: PostgresSettings = Field(default_factory=dict, validate_default=True)  # type: ignore[assignment]
    redis: RedisSettings = RedisSettings()
    neo4j: Neo4jSettings = Field(default_factory=dict, validate_default=True)  # type: ignore[assignment]


def create_app(settings: Settings) -> FastAPI:
    """Returns the application."""
    outgoing = Outgoing(CallSettings())
    outgoing.client("stock", "http://127.0.0.1:9")
    components = [
        Database(settings.postgres),
        Graph(settings.neo4j, []),
        Cache(settings.redis),
        outgoing,
    ]
    return create_service(settings, name="bench", routers=[], components=components)


serve(create_app, Settings, name="bench")
