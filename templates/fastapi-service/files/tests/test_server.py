import asyncio
import contextlib

import httpx
import pytest
from fastapi import FastAPI

from <%= it.package %>.__main__ import main
from <%= it.package %>.server import build_server
from <%= it.package %>.settings import Settings


@pytest.mark.anyio
async def test_a_running_request_ends_before_the_server_does(app: FastAPI) -> None:
    running, go_on = asyncio.Event(), asyncio.Event()

    @app.get("/slow")
    async def slow() -> str:
        running.set()
        await go_on.wait()
        return "done"

    server = build_server(app, Settings(port=0))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  (uvicorn has no event for it)
        await asyncio.sleep(0)
    host, port = server.servers[0].sockets[0].getsockname()
    async with httpx.AsyncClient(base_url=f"http://{host}:{port}") as client:
        request = asyncio.create_task(client.get("/slow"))
        await running.wait()
        server.should_exit = True
        await until_refused(host, port)
        assert not request.done()
        go_on.set()
        response = await request

    assert (response.status_code, response.json()) == (200, "done")
    await serving


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


def test_a_wrong_setting_is_named_and_its_value_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_PORT", "hunter2")

    with pytest.raises(SystemExit) as stopped:
        main()

    assert "APP_PORT: " in str(stopped.value)
    assert "hunter2" not in str(stopped.value)
<% if (it.depends_on.length > 0) { -%>


def test_a_wrong_setting_of_a_group_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_CALLS__BREAKER__OPEN_SECONDS", "-1")

    with pytest.raises(SystemExit) as stopped:
        main()

    assert "APP_CALLS__BREAKER__OPEN_SECONDS: " in str(stopped.value)
<% } -%>
