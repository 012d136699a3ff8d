"""What the application is made of, and the only place that knows all of it."""
<% const { type, types, modules } = it.entity; -%>

from collections.abc import Sequence
from dataclasses import dataclass, field

<% if (it.neo4j) { -%>
from fastapi import APIRouter
<% } -%>
<%= it.python.sorted(
  it.redis && "from gennet_service_kit.cache.cache import Cache",
  it.depends_on.length > 0 && "from gennet_service_kit.calls.outgoing import Outgoing",
  it.depends_on.length > 0 && "from gennet_service_kit.calls.settings import CallSettings",
  "from gennet_service_kit.component import Component",
  it.postgres && "from gennet_service_kit.database.connections import Database",
  it.neo4j && "from gennet_service_kit.graph.graph import Graph",
) %>

<%= it.python.sorted(
  it.sample.redis && `from .${modules}.cached_store import Cached${types}`,
  it.sample.postgres && `from .${modules}.postgres_store import Postgres${types}`,
  it.python.importing(`.${modules}.store`, `InMemory${types}`, `${type}Store`),
  it.sample.neo4j && "from .relations.api import relation_routes",
  it.sample.neo4j && `from .relations.${it.entity.module}_store import Related${types}`,
  it.sample.neo4j && "from .relations.relations import Relations",
  it.sample.neo4j && "from .relations.store import CONSTRAINTS, RelationStore",
  "from .settings import Settings",
) %>


@dataclass(frozen=True, kw_only=True)
class Parts:
    """By default all that needs no other process; a test hands in what it is about."""

    <%= modules %>: <%= type %>Store = field(default_factory=InMemory<%= types %>)
    components: Sequence[Component] = ()
    """In the order in which they are entered; they are left in the opposite one."""
<% if (it.neo4j) { -%>
    routers: Sequence[APIRouter] = ()
<% } -%>
<% if (it.depends_on.length > 0) { -%>
    outgoing: Outgoing = field(default_factory=lambda: Outgoing(CallSettings()))
<% } -%>


def build_parts(settings: Settings) -> Parts:
    """Returns the parts that the settings ask for."""
<% if (it.postgres) { -%>
    database = Database(settings.postgres)
<% } -%>
<% if (it.neo4j) { -%>
    graph = Graph(settings.neo4j, <%= it.sample.neo4j ? "CONSTRAINTS" : "[]" %>)
<% } -%>
<% if (it.redis) { -%>
    cache = Cache(settings.redis)
<% } -%>
<% const components = [it.postgres && "database", it.neo4j && "graph", it.redis && "cache"].filter(Boolean); -%>
    components: list[Component] = [<%= components.join(", ") %>]

    <%= modules %>: <%= type %>Store = <%= it.sample.postgres ? `Postgres${types}(database)` : `InMemory${types}()` %>
<% if (it.sample.neo4j) { -%>
    relations = RelationStore(graph)
    routers = [relation_routes(Relations(<%= modules %>, relations))]
    <%= modules %> = Related<%= types %>(<%= modules %>, relations)
<% } -%>
<% if (it.sample.redis) { -%>
    <%= modules %> = Cached<%= types %>(<%= modules %>, cache)
<% } -%>
    return Parts(
        <%= modules %>=<%= modules %>,
        components=components,
<% if (it.sample.neo4j) { -%>
        routers=routers,
<% } -%>
<% if (it.depends_on.length > 0) { -%>
        outgoing=Outgoing(settings.calls),
<% } -%>
    )
