"""What the application is made of, and the only place that knows all of it."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from fastapi import APIRouter
from prometheus_client.registry import Collector
<% if (it.depends_on.length > 0) { -%>

from .calls.outgoing import Outgoing
from .calls.settings import CallSettings
<% } else { -%>

<% } -%>
from .health import Check
from .items.store import InMemoryItems, ItemStore
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
    return Parts(
        items=items,
        checks=checks,
        resources=resources,
<% if (it.depends_on.length > 0) { -%>
        outgoing=Outgoing(settings.calls),
<% } -%>
    )
