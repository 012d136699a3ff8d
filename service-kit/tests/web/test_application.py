from collections.abc import Sequence
from types import TracebackType
from typing import Self

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Response
from fastapi.responses import HTMLResponse
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gennet_service_kit.application import create_service
from gennet_service_kit.component import Component
from gennet_service_kit.health import Check
from gennet_service_kit.settings import ServiceSettings
from gennet_service_kit.testing.fixtures import Logged
from gennet_service_kit.testing.talking import talking_to

from .sample import create_app, item_routes

pytestmark = pytest.mark.anyio


class Part(Component):
    def __init__(self, name: str, events: list[str]) -> None:
        self.name = name
        self.events = events
        self.counter = Counter(f"{name}_uses", "Uses", registry=CollectorRegistry())

    @property
    def checks(self) -> Sequence[Check]:
        async def ask() -> None:
            self.events.append(f"{self.name} asked")

        return [Check(self.name, ask)]

    @property
    def collectors(self) -> Sequence[Collector]:
        return [self.counter]

    def install(self, app: FastAPI) -> None:
        @app.get(f"/internal/{self.name}")
        async def internal() -> str:
            self.counter.inc()
            return self.name

    async def __aenter__(self) -> Self:
        self.events.append(f"{self.name} entered")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.events.append(f"{self.name} left")


async def test_components_are_entered_in_order_and_left_in_the_opposite_order(
    logged: Logged,
) -> None:
    events: list[str] = []
    app = create_app(components=[Part("pool", events), Part("listener", events)])
    assert events == []
    async with app.router.lifespan_context(app):
        assert events == ["pool entered", "listener entered"]
        assert len(logged("started")) == 1
    assert events[-2:] == ["listener left", "pool left"]
    assert len(logged("stopped")) == 1


async def test_a_component_adds_its_routes_checks_and_metrics() -> None:
    async with talking_to(create_app(components=[Part("pool", [])])) as client:
        assert (await client.get("/internal/pool")).json() == "pool"
        assert "pool" in (await client.get("/health/ready")).json()["checks"]
        assert "pool_uses_total 1.0" in (await client.get("/metrics")).text


async def test_a_service_is_ready_while_it_runs(app: FastAPI) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/health/ready")).status_code == 503
        async with app.router.lifespan_context(app):
            assert (await client.get("/health/ready")).json() == {"status": "ready", "checks": {}}
        assert (await client.get("/health/ready")).status_code == 503


class Signature:
    """Middleware that a service adds."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def signed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"].append((b"x-signature", b"1"))
            await send(message)

        await self.app(scope, receive, signed)


async def test_middleware_that_a_service_adds_is_around_its_routes(app: FastAPI) -> None:
    app.add_middleware(Signature)
    async with talking_to(app) as client:
        assert (await client.get("/items")).headers["x-signature"] == "1"
        assert (await client.get("/nowhere")).headers["x-signature"] == "1"


async def test_routes_are_described_as_those_of_an_included_router() -> None:
    ours = create_service(ServiceSettings(), name="sample", routers=[item_routes()])
    included = create_service(ServiceSettings(), name="sample", routers=[])
    included.include_router(item_routes())
    assert ours.openapi()["paths"]["/items"] == included.openapi()["paths"]["/items"]
    assert ours.openapi()["components"] == included.openapi()["components"]


async def test_a_router_with_more_than_plain_routes_is_included() -> None:
    outer, inner = APIRouter(prefix="/shops"), APIRouter()

    @inner.get("/goods/{good}")
    async def goods(good: str) -> str:
        return good

    outer.include_router(inner, prefix="/{shop}")
    async with talking_to(create_app(routers=[outer])) as client:
        assert (await client.get("/shops/one/goods/tea")).json() == "tea"
        metrics = (await client.get("/metrics")).text
    assert 'route="/shops/{shop}/goods/{good}"' in metrics


async def test_a_route_that_hides_a_probe_stops_the_service() -> None:
    router = APIRouter()

    @router.get("/{path:path}")
    async def everything(path: str) -> str:
        return path

    with pytest.raises(ValueError, match="takes the requests of /health/live"):
        create_app(routers=[router])


async def test_answers_are_not_to_be_sniffed_framed_or_run(client: httpx.AsyncClient) -> None:
    response = await client.get("/items")

    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-frame-options"] == "DENY"
    policy = response.headers["content-security-policy"]
    assert policy == "default-src 'none'; frame-ancestors 'none'"
    assert "cache-control" not in response.headers


async def test_what_a_route_says_of_its_answer_is_kept(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    @app.get("/page")
    async def page() -> Response:
        headers = {
            "X-Frame-Options": "SAMEORIGIN",
            "Cache-Control": "no-cache",
            "X-Request-Id": "mine",
        }
        return HTMLResponse("", 404, headers)

    response = await client.get("/page", headers={"x-request-id": "theirs"})

    assert response.headers.get_list("x-frame-options") == ["SAMEORIGIN"]
    assert response.headers.get_list("cache-control") == ["no-cache"]
    assert response.headers.get_list("x-request-id") == ["theirs"]
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_errors_are_described_for_every_route(client: httpx.AsyncClient) -> None:
    operation = (await client.get("/openapi.json")).json()["paths"]["/items"]["post"]

    assert set(operation["responses"]) == {"201", "default"}
    assert set(operation["responses"]["default"]["content"]) == {"application/problem+json"}
