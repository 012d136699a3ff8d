from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fastapi import FastAPI

from gennet_service_kit.testing.serving import serve_once
from gennet_service_kit.testing.talking import talking_to

SERVICE = """
import http.server, json, signal, sys

class Live(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *words):
        print(json.dumps({"event": self.path}), flush=True)

def stop(number, frame):
    print(json.dumps({"event": "stopped"}), flush=True)
    sys.exit(7)

signal.signal(signal.SIGTERM, stop)
server = http.server.HTTPServer(("127.0.0.1", 0), Live)
url = f"http://127.0.0.1:{server.server_port}"
print(json.dumps({"event": f"running on {url} (Press CTRL+C to quit)"}), flush=True)
server.serve_forever()
"""


def test_a_service_is_asked_once_and_then_told_to_stop(tmp_path: Path) -> None:
    (tmp_path / "some_service.py").write_text(SERVICE)

    code, lines = serve_once("some_service", {"PYTHONPATH": str(tmp_path)})

    assert code == 7
    assert [line["event"] for line in lines[1:]] == ["/health/live", "stopped"]


@pytest.mark.anyio
async def test_an_application_is_started_and_stopped_around_its_client() -> None:
    events: list[str] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        events.append("started")
        yield
        events.append("stopped")

    app = FastAPI(lifespan=lifespan)

    @app.get("/")
    async def root() -> list[str]:
        return events

    async with talking_to(app) as client:
        assert (await client.get("/")).json() == ["started"]
    assert events == ["started", "stopped"]
