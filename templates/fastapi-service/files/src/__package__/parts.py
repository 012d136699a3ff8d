"""What the application is made of, and the only place that knows all of it."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from fastapi import APIRouter
from prometheus_client.registry import Collector

<% if (it.redis) { -%>
from .cache.cache import Cache
<% } -%>
<% if (it.depends_on.length > 0) { -%>
from .calls.outgoing import Outgoing
from .calls.settings import CallSettings
<% } -%>
<% if (it.postgres) { -%>
from .database.connections import Database
<% } -%>
<% if (it.neo4j) { -%>
from .graph.graph import Graph
<% } -%>
from .health import Check
<% if (it.redis) { -%>
from .items.cached_store import CachedItems
<% } -%>
<% if (it.postgres) { -%>
from .items.postgres_store import PostgresItems
<% } -%>
from .items.store import InMemoryItems, ItemStore
<% if (it.neo4j) { -%>
from .relations.api import relation_routes
from .relations.item_store import RelatedItemStore
from .relations.relations import Relations
from .relations.store import CONSTRAINTS, RelationStore
<% } -%>
from .settings import Settings

Resource = AbstractAsyncContextManager[object]
"""Entered when the service starts, left when it stops. Entering waits for no other process: what
cannot be reached yet makes its check fail, and never the start."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """By default all that needs no other process; a test hands in what it is about."""

    items: ItemStore = field(default_factory=InMemoryItems)
    checks: Sequence[Check] = ()
    resources: Sequence[Resource] = ()
    """In the order in which they are entered; they are left in the opposite one."""
    routes: Sequence[APIRouter] = ()
    collectors: Sequence[Collector] = ()
<% if (it.depends_on.length > 0) { -%>
    outgoing: Outgoing = field(default_factory=lambda: Outgoing(CallSettings()))
<% } -%>


def build_parts(settings: Settings) -> Parts:
    items: ItemStore = InMemoryItems()
    checks: list[Check] = []
    resources: list[Resource] = []
    routes: list[APIRouter] = []
<% if (it.postgres) { -%>
    database = Database(settings.postgres)
    items = PostgresItems(database)
    checks.append(Check("database", database.check))
    resources.append(database)
<% } -%>
<% if (it.neo4j) { -%>
    graph = Graph(settings.neo4j, CONSTRAINTS)
    relation_store = RelationStore(graph)
    routes.append(relation_routes(Relations(items, relation_store)))
    items = RelatedItemStore(items, relation_store)
    checks.append(Check("graph", graph.check))
    resources.append(graph)
<% } -%>
<% if (it.redis) { -%>
    cache = Cache(settings.redis)
    items = CachedItems(items, cache)
    checks.append(Check("cache", cache.check, required=False))
    resources.append(cache)
<% } -%>
    return Parts(
        items=items,
        checks=checks,
        resources=resources,
        routes=routes,
<% if (it.depends_on.length > 0) { -%>
        outgoing=Outgoing(settings.calls),
<% } -%>
    )
