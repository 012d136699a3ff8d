import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from gennet_service_kit.metrics import DURATIONS, Labels, RequestMetrics

pytestmark = pytest.mark.anyio


async def test_requests_are_counted_by_route(client: httpx.AsyncClient) -> None:
    item = (await client.post("/items", json={"name": "one"})).json()
    await client.get(f"/items/{item['id']}")
    await client.get("/made-up/by/the/caller")
    await client.request("BREW", "/items")

    response = await client.get("/metrics")

    assert response.headers["content-type"].startswith("text/plain")
    counted = {
        (sample.labels["method"], sample.labels["route"], sample.labels["status"]): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
        if sample.name == "http_server_request_duration_seconds_count"
    }
    assert counted == {
        ("POST", "/items", "201"): 1,
        ("GET", "/items/{item_id}", "200"): 1,
        ("GET", "unmatched", "404"): 1,
        ("other", "/items", "405"): 1,
    }


async def test_requests_that_are_being_answered_are_counted(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    @app.get("/meanwhile")
    async def meanwhile() -> str:
        return (await client.get("/metrics")).text

    text = (await client.get("/meanwhile")).json()
    assert "\nhttp_server_active_requests 2.0" in text
    assert "\nhttp_server_active_requests 1.0" in (await client.get("/metrics")).text


def test_durations_are_shown_as_by_a_histogram_of_prometheus() -> None:
    registry, reference = CollectorRegistry(), CollectorRegistry()
    requests = RequestMetrics()
    registry.register(requests)
    histogram = Histogram(
        DURATIONS, "How long requests took", ["method", "route", "status"], registry=reference
    )
    counted = [
        (Labels("GET", "/items", 200, "http", "1.1", False), ("GET", "/items", 200)),
        (Labels("GET", "/items", 200, "https", "1.0", False), ("GET", "/items", 200)),
        (Labels("_OTHER", None, None, "http", "1.1", False), ("other", "unmatched", 500)),
        (Labels("TRACE", None, 405, "http", "1.1", False), ("other", "unmatched", 405)),
    ]
    for number, seconds in enumerate([0.001, 0.005, 0.0051, 0.3, 10.0, 11.0]):
        ours, labels = counted[number % len(counted)]
        requests.observe(ours, seconds)
        histogram.labels(*labels).observe(seconds)

    assert values(registry) == values(reference)


def values(registry: CollectorRegistry) -> list[str]:
    lines = generate_latest(registry).decode().splitlines()
    # When a series began is the same to the microsecond by chance only.
    return [line.split("} ")[0] if "_created{" in line else line for line in lines]
