"""The component: its clients, what it adds to an application, and its end."""

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from gennet_service_kit.calls.outgoing import Outgoing
from gennet_service_kit.calls.settings import CallSettings
from gennet_service_kit.testing.talking import talking_to

from .doubles import Clock, serving, settings_with

pytestmark = pytest.mark.anyio


def backend() -> tuple[FastAPI, list[str]]:
    app, hits = FastAPI(), []

    @app.get("/stock")
    async def stock() -> str:
        hits.append("/stock")
        return "5 parcels"

    return app, hits


def metrics(outgoing: Outgoing) -> dict[str, float]:
    """What Prometheus reads, by name and new state."""
    registry = CollectorRegistry()
    for collector in outgoing.collectors:
        registry.register(collector)
    prefix = "gennet_circuit_breaker_"
    return {
        sample.name.removeprefix(prefix) + sample.labels.get("to", ""): sample.value
        for family in text_string_to_metric_families(generate_latest(registry).decode())
        for sample in family.samples
        if sample.labels["target"] == "stock"
    }


async def test_the_breaker_opens_when_the_target_stops_and_closes_when_it_is_back() -> None:
    target, hits = backend()
    async with serving(target) as port:
        pass
    clock = Clock()
    outgoing = Outgoing(settings_with(), clock)
    stock = outgoing.client("stock", f"http://127.0.0.1:{port}")
    app = FastAPI()
    outgoing.install(app)

    @app.get("/through")
    async def through() -> str:
        return (await stock.get("/stock")).text

    async with outgoing, talking_to(app) as client:
        async with serving(target, port):
            assert (await client.get("/through")).status_code == 200
        assert metrics(outgoing)["state"] == 0

        stopped = await client.get("/through")
        assert (stopped.status_code, len(hits)) == (502, 1)
        assert "127.0.0.1" not in stopped.text

        async with serving(target, port):
            refused = await client.get("/through")
            assert (refused.status_code, len(hits)) == (503, 1)
            assert (await client.get("/internal/breakers")).json() == {
                "items": [
                    {
                        "target": "stock",
                        "state": "open",
                        "consecutive_failures": 1,
                        "rejections": 1,
                        "retry_after_seconds": 10,
                    }
                ]
            }
            assert metrics(outgoing)["state"] == 2

            clock.now += 10
            assert (await client.get("/through")).status_code == 200
            assert (await client.get("/through")).status_code == 200
            assert len(hits) == 3
            assert metrics(outgoing) == {
                "state": 0,
                "rejections_total": 1,
                "transitions_totalopen": 1,
                "transitions_totalhalf-open": 1,
                "transitions_totalclosed": 1,
            }


async def test_breakers_can_only_be_read() -> None:
    app = FastAPI()
    Outgoing(CallSettings()).install(app)
    async with talking_to(app) as client:
        assert (await client.get("/internal/breakers")).json() == {"items": []}
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert (await client.request(method, "/internal/breakers")).status_code == 405
        assert "/internal/breakers" not in (await client.get("/openapi.json")).json()["paths"]


async def test_another_application_takes_the_place_of_the_network() -> None:
    target, hits = backend()
    async with Outgoing(CallSettings(), network=httpx.ASGITransport(target)) as outgoing:
        response = await outgoing.client("stock", "http://stock").get("/stock")
    assert (response.json(), hits) == ("5 parcels", ["/stock"])


async def test_a_function_makes_the_network_of_each_target() -> None:
    made: list[httpx.Limits] = []

    def network(limits: httpx.Limits) -> httpx.AsyncBaseTransport:
        made.append(limits)
        return httpx.MockTransport(lambda _: httpx.Response(204))

    outgoing = Outgoing(settings_with(connections=7), network=network)
    for target in ("stock", "payments", "stock"):
        client = outgoing.client(target, f"http://{target}")
        assert (await client.get("/")).status_code == 204
    assert [limits.max_keepalive_connections for limits in made] == [7, 7]
    assert {limits.max_connections for limits in made} == {None}


def test_a_target_has_one_client_and_one_breaker() -> None:
    outgoing = Outgoing(CallSettings())
    client = outgoing.client("stock", "http://stock")
    breaker = outgoing.breakers["stock"]
    assert outgoing.client("stock", "http://stock") is client
    assert outgoing.breakers == {"stock": breaker}
    with pytest.raises(ValueError, match="stock has another URL already"):
        outgoing.client("stock", "http://stock:8000")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "stock",
        "stock:8000",
        "ftp://stock",
        "http://",
        "//stock",
        "http://stock:port",
    ],
)
def test_a_url_that_cannot_be_called_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="the URL of stock is not an http or https URL"):
        Outgoing(CallSettings()).client("stock", url)


class Closing(httpx.AsyncBaseTransport):
    """A network that cannot be closed without an error."""

    def __init__(self) -> None:
        self.closed = False

    async def aclose(self) -> None:
        self.closed = True
        raise OSError("already gone")


async def test_leaving_closes_all_clients_even_when_one_fails() -> None:
    networks: list[Closing] = []

    def network(_: httpx.Limits) -> Closing:
        networks.append(Closing())
        return networks[-1]

    outgoing = Outgoing(CallSettings(), network=network)
    clients = [outgoing.client(name, f"http://{name}") for name in ("one", "two", "three")]
    with pytest.raises(OSError, match="already gone"):
        async with outgoing:
            pass
    assert all(each.closed for each in networks)
    assert all(each.is_closed for each in clients)


@pytest.mark.parametrize(
    "settings",
    [
        {"timeout_seconds": "inf"},
        {"timeout_seconds": "nan"},
        {"timeout_seconds": 0},
        {"timeout_seconds": 3601},
        {"max_answer_mib": 0},
        {"max_answer_mib": "inf"},
        {"connections": 0},
        {"breaker": {"open_seconds": "inf"}},
        {"breaker": {"minimum_calls": 1001}},
        {"retries": {"attempts": 0}},
        {"retries": {"longest_wait_seconds": "nan"}},
        {"unknown": 1},
    ],
)
def test_settings_without_a_meaning_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        CallSettings.model_validate(settings)
