<% const [first] = it.depends_on; -%>
"""How this service calls others. A network of the test's own answers in their place."""

import httpx
import pytest
from gennet_service_kit.calls.outgoing import Outgoing
from gennet_service_kit.calls.settings import CallSettings
from gennet_service_kit.health import Ready

from <%= it.package %>.app import create_app
<%= it.python.sorted(
  it.python.importing(`${it.package}.clients`, "UsesClients"),
  it.python.importing(`${it.package}.parts`, "Parts"),
) %>

from .talking import talking_to

pytestmark = pytest.mark.anyio


async def test_a_route_reaches_each_of_them() -> None:
    asked: list[str] = []

    async def network(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(200, json={"status": "ready", "checks": {}})

    outgoing = Outgoing(CallSettings(), network=httpx.MockTransport(network))
    app = create_app(parts=Parts(outgoing=outgoing))

    @app.get("/through")
    async def through(clients: UsesClients) -> list[Ready]:
        return [
<% for (const { module } of it.depends_on) { -%>
<%= it.python.laidOut("            await ", [`clients.${module}.get`, '"/health/ready"', "Ready"], ",") %>
<% } -%>
        ]

    async with talking_to(app) as client:
        response = await client.get("/through")

    assert response.status_code == 200
    assert asked == [
<% for (const { name } of it.depends_on) { -%>
        "<%= name %>.<%= name %>.svc.cluster.local",
<% } -%>
    ]
