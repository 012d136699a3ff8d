"""The services that this one calls."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from gennet_service_kit.calls.outgoing import Outgoing

from ..settings import Settings
<%= it.python.sorted(...it.depends_on.map(({ module, type }) => it.python.importing(`.${module}`, `${type}Client`))) %>


@dataclass(frozen=True)
class Clients:
<% for (const { module, type } of it.depends_on) { -%>
<% const field = `    ${module}: ${type}Client`; -%>
<% if (field.length <= 100) { -%>
<%= field %>
<% } else { -%>
    <%= module %>: (
        <%= type %>Client
    )
<% } -%>
<% } -%>


def build_clients(outgoing: Outgoing, settings: Settings) -> Clients:
    return Clients(
<% for (const { name, module, type } of it.depends_on) { -%>
<% const client = ["outgoing.client", `"${name}"`, `settings.${module}_url`]; -%>
<%= it.python.laidOut(`        ${module}=`, [`${type}Client`, client], ",") %>
<% } -%>
    )


def clients_of(request: Request) -> Clients:
    clients: Clients = request.app.state.clients
    return clients


UsesClients = Annotated[Clients, Depends(clients_of)]
"""A parameter of this type makes a route a caller of other services."""
