from fastapi import FastAPI
from gennet_service_kit.application import create_service

from . import SERVICE
<%= it.python.sorted(
  it.depends_on.length > 0 && "from .clients import build_clients",
  `from .${it.entity.modules}.api import ${it.entity.module}_routes`,
  "from .parts import Parts, build_parts",
  "from .settings import Settings",
) %>


def create_app(settings: Settings | None = None, parts: Parts | None = None) -> FastAPI:
    """Returns the application of these parts, by default of those that the settings ask for."""
    settings = settings if settings is not None else Settings()
    parts = parts if parts is not None else build_parts(settings)
<% const routers = [`${it.entity.module}_routes(parts.${it.entity.modules})`, ...(it.neo4j ? ["*parts.routers"] : [])]; -%>
<% const components = it.depends_on.length > 0 ? "[parts.outgoing, *parts.components]" : "parts.components"; -%>
<% if (it.depends_on.length > 0) { -%>
    app = create_service(
        settings,
        name=SERVICE,
        routers=[<%= routers.join(", ") %>],
        components=<%= components %>,
    )
    app.state.clients = build_clients(parts.outgoing, settings)
    return app
<% } else { -%>
    return create_service(
        settings,
        name=SERVICE,
        routers=[<%= routers.join(", ") %>],
        components=<%= components %>,
    )
<% } -%>
