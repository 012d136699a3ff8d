<% const checks = [it.postgres && "database", it.neo4j && "graph", it.redis && "cache"].filter(Boolean); -%>
"""The application as a whole, on its real stores."""

import asyncio

import pytest
from fastapi import FastAPI
from gennet_service_kit.testing.serving import serve_once

<%= it.python.importing(`${it.package}.__main__`, "main") %>

from .talking import talking_to


@pytest.mark.anyio
async def test_it_is_ready_as_soon_as_its_stores_are(service: FastAPI) -> None:
    async with talking_to(service) as client, asyncio.timeout(60):
        response = await client.get("/health/ready")
        while response.json()["checks"] != <%= `{${checks.map((name) => `"${name}": "ok"`).join(", ")}}` %>:
            await asyncio.sleep(0.05)
            response = await client.get("/health/ready")

    assert response.status_code == 200


def test_it_starts_and_stops_as_a_process(environment: dict[str, str]) -> None:
<%= it.python.laidOut("    _, lines = ", ["serve_once", `"${it.package}"`, "environment"]) %>

    assert [line for line in lines if line["level"] == "error"] == []
    assert {"started", "stopped"} <= {line["event"] for line in lines}


def test_a_wrong_setting_is_named_and_its_value_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_PORT", "hunter2")

    with pytest.raises(SystemExit) as stopped:
        main()

    assert "APP_PORT: " in str(stopped.value)
    assert "hunter2" not in str(stopped.value)
