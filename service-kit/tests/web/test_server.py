import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from contextvars import ContextVar

import httpx
import pytest
from fastapi import FastAPI

from gennet_service_kit.settings import ServiceSettings
from gennet_service_kit.testing.fixtures import Logged
from gennet_service_kit.testing.serving import serve_once

from .serving import serving

pytestmark = pytest.mark.anyio

MODULE = "tests.web.sample"
# Far less than what Kubernetes leaves a pod after SIGTERM.
MOST_SECONDS = 8


async def test_a_running_request_ends_before_the_server_does(app: FastAPI) -> None:
    running, go_on = asyncio.Event(), asyncio.Event()

    @app.get("/slow")
    async def slow() -> str:
        running.set()
        await go_on.wait()
        return "done"

    async with serving(app) as served:
        request = asyncio.create_task(served.http.get("/slow"))
        await running.wait()
        served.server.should_exit = True
        await until_refused(served.host, served.port)
        assert not request.done()
        go_on.set()
        response = await request
    assert (response.status_code, response.json()) == (200, "done")


async def until_refused(host: str, port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection(host, port)
        except ConnectionRefusedError:
            return
        except ConnectionResetError:
            # It was still queued when the server stopped listening.
            continue
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def test_a_request_that_takes_too_long_to_end_is_answered_all_the_same(
    app: FastAPI, logged: Logged
) -> None:
    running = asyncio.Event()

    @app.get("/hang")
    async def hang() -> None:
        running.set()
        await asyncio.Event().wait()

    async with serving(app, ServiceSettings(shutdown_seconds=0)) as served:
        request = asyncio.create_task(served.http.get("/hang"))
        await running.wait()
        served.server.should_exit = True
        response = await request
    assert (response.status_code, response.headers["connection"]) == (503, "close")
    assert response.headers["content-type"] == "application/problem+json"
    assert logged("request")[0]["reason"] == "stopped"


async def test_a_request_knows_nothing_of_the_one_before_on_its_connection(app: FastAPI) -> None:
    seen: ContextVar[str] = ContextVar("seen", default="nothing")

    @app.get("/leak/{what}")
    async def leak(what: str) -> str:
        before = seen.get()
        seen.set(what)
        return before

    async with serving(app) as served:
        request = b"GET /leak/%s HTTP/1.1\r\nhost: x\r\n"
        reader, writer = await served.send(
            request % b"one" + b"\r\n" + request % b"two" + b"connection: close\r\n\r\n"
        )
        answers = await reader.read()
        writer.close()
    assert answers.count(b'"nothing"') == 2


def test_a_service_logs_json_only_and_stops_on_sigterm() -> None:
    code, lines = serve_once(MODULE, {}, path="/items")

    assert code == -signal.SIGTERM
    events = [line["event"] for line in lines]
    assert events.index("started") < events.index("request") < events.index("stopped")
    assert {line["service"] for line in lines} == {"sample"}


@pytest.fixture(params=["refuses", "says nothing"])
def collector(request: pytest.FixtureRequest) -> Iterator[str]:
    with closing(socket.socket()) as place:
        place.bind(("127.0.0.1", 0))
        if request.param == "says nothing":
            place.listen(64)
        yield f"http://127.0.0.1:{place.getsockname()[1]}"


def test_an_unreachable_collector_does_not_hold_up_the_end(collector: str) -> None:
    service = subprocess.Popen(  # noqa: S603 - the service of the tests
        [sys.executable, "-m", MODULE],
        env={**os.environ, "APP_PORT": "0", "OTEL_EXPORTER_OTLP_ENDPOINT": collector},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert service.stdout is not None
    with service.stdout:
        try:
            lines = []
            for line in service.stdout:
                lines.append(line)
                if "running on http" in line:
                    url = line.split("running on ")[1].split()[0]
                    for _ in range(3):
                        httpx.get(f"{url}/items").raise_for_status()
                    service.send_signal(signal.SIGTERM)
                    break
            assert service.wait(MOST_SECONDS) == -signal.SIGTERM
            lines += service.stdout
        finally:
            service.kill()
            service.wait()
    # One for traces and one for metrics at most, and one for both at the end.
    assert sum("WARNING" in line or '"level": "warning"' in line for line in lines) <= 3
    assert '"stopped"' in "".join(lines)
