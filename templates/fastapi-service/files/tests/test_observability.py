import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

Logged = Callable[[str], list[dict[str, Any]]]

pytestmark = pytest.mark.anyio

TRACE = "0af7651916cd43dd8448eb211c80319c"


async def test_a_request_is_one_line_with_its_ids(
    logged: Logged, client: httpx.AsyncClient
) -> None:
    headers = {"x-request-id": "abc-1", "traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
    response = await client.get("/items", headers=headers)

    assert response.headers["x-request-id"] == "abc-1"
    [line] = logged("request")
    assert line["request_id"] == "abc-1"
    assert line["trace_id"] == TRACE
    assert (line["method"], line["path"], line["status"]) == ("GET", "/items", 200)
    assert (line["level"], line["environment"]) == ("info", "test")
    assert line["region"] == "none"


@pytest.mark.parametrize("request_id", ["", "a b", "x" * 129, '"}'])
async def test_an_unusable_request_id_is_replaced(
    logged: Logged, client: httpx.AsyncClient, request_id: str
) -> None:
    response = await client.get("/items", headers={"x-request-id": request_id})

    assert response.headers["x-request-id"] != request_id
    assert logged("request")[0]["request_id"] == response.headers["x-request-id"]


async def test_a_bug_is_logged_with_its_stack_and_the_request_s_id(
    logged: Logged, app: FastAPI, client: httpx.AsyncClient
) -> None:
    @app.get("/bug")
    async def bug() -> None:
        raise RuntimeError("broken")

    response = await client.get("/bug")

    [line] = logged("request failed")
    assert "RuntimeError: broken" in line["exception"]
    assert line["request_id"] == response.headers["x-request-id"]
    assert logged("request")[0]["status"] == 500


async def test_libraries_log_in_the_same_form(logged: Logged) -> None:
    logging.getLogger("some.library").warning("%d left", 3)

    [line] = logged("3 left")
    assert (line["logger"], line["level"]) == ("some.library", "warning")


async def test_probes_are_not_in_the_log(logged: Logged, client: httpx.AsyncClient) -> None:
    await client.get("/health/live")

    assert logged("request") == []


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
