"""The services that this one calls."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from ..calls.outgoing import Outgoing
from ..settings import Settings
<% const sorted = [...it.depends_on].sort((a, b) => (a.module < b.module ? -1 : 1)); -%>
<% for (const { module, type } of sorted) { -%>
from .<%= module %> import (
    <%= type %>Client,
)
<% } -%>


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
        <%= module %>=<%= type %>Client(
            outgoing.client(
                "<%= name %>",
                settings.<%= module %>_url,
            ),
        ),
<% } -%>
    )


def clients_of(request: Request) -> Clients:
    clients: Clients = request.app.state.clients
    return clients


UsesClients = Annotated[Clients, Depends(clients_of)]
"""A parameter of this type makes a route a caller of other services."""
