import asyncio

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from <%= it.package %>.app import create_app
from <%= it.package %>.clients import UsesClients
from <%= it.package %>.items.model import ItemPage
from <%= it.package %>.parts import Parts
from <%= it.package %>.server import build_server
from <%= it.package %>.settings import Settings

pytestmark = pytest.mark.anyio


async def test_one_trace_goes_through_both_services(
    app: FastAPI, spans: InMemorySpanExporter
) -> None:
    server = build_server(app, Settings(port=0))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  (uvicorn has no event for it)
        await asyncio.sleep(0)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    settings = Settings.model_validate(
        {"<%= it.depends_on[0].module %>_url": url},
    )
    caller = create_app(settings, Parts())

    @caller.get("/through")
    async def through(clients: UsesClients) -> ItemPage:
        client = clients.<%= it.depends_on[0].module %>
        return await client.get("/items", ItemPage)

    async with (
        caller.router.lifespan_context(caller),
        httpx.AsyncClient(transport=httpx.ASGITransport(caller), base_url="http://test") as client,
    ):
        assert (await client.get("/through")).status_code == 200
    server.should_exit = True
    await serving

    theirs, call, ours = spans.get_finished_spans()
    assert [span.kind for span in (ours, call, theirs)] == [
        SpanKind.SERVER,
        SpanKind.CLIENT,
        SpanKind.SERVER,
    ]
    assert (ours.name, theirs.name) == ("GET /through", "GET /items")
    assert call.parent == ours.context
    assert call.context is not None
    assert theirs.parent is not None
    assert theirs.parent.span_id == call.context.span_id
    assert theirs.parent.trace_id == call.context.trace_id
