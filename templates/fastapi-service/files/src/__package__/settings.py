"""What the environment sets for this service."""
<% const fields = it.postgres || it.neo4j; -%>

<%= it.python.sorted(
  it.redis && "from gennet_service_kit.cache.settings import RedisSettings",
  it.depends_on.length > 0 && "from gennet_service_kit.calls.settings import CallSettings",
  it.postgres && "from gennet_service_kit.database.settings import PostgresSettings",
  it.neo4j && "from gennet_service_kit.graph.settings import Neo4jSettings",
  `from gennet_service_kit.settings import ServiceSettings${it.depends_on.length > 0 ? ", in_cluster" : ""}`,
) %>
<% if (fields) { -%>
from pydantic import Field
<% } -%>
<% if (it.features.length > 0) { -%>

from . import SERVICE
<% } -%>
<% if (it.postgres) { -%>


class Postgres(PostgresSettings):
    application: str = SERVICE
    database: str = "<%= it.package %>"
    owner: str = "<%= it.package %>"
<% } -%>
<% if (it.redis) { -%>


class Redis(RedisSettings):
    application: str = SERVICE
<% } -%>
<% if (it.neo4j) { -%>


class Neo4j(Neo4jSettings):
    application: str = SERVICE
<% } -%>


class Settings(ServiceSettings):
    """Each is the variable APP_ and its name; `__` reaches into a group: APP_POSTGRES__HOST."""
<% if (it.features.length > 0 || it.depends_on.length > 0) { %>
<% } -%>
<% if (it.postgres) { -%>
    postgres: Postgres = Field(default_factory=dict, validate_default=True)
<% } -%>
<% if (it.redis) { -%>
    redis: Redis = Redis()
<% } -%>
<% if (it.neo4j) { -%>
    neo4j: Neo4j = Field(default_factory=dict, validate_default=True)
<% } -%>
<% if (it.depends_on.length > 0) { -%>
    calls: CallSettings = CallSettings()
<% for (const { name, module } of it.depends_on) { -%>
<%= it.python.laidOut(`    ${module}_url: str = `, ["in_cluster", `"${name}"`]) %>
<% } -%>
<% } -%>
