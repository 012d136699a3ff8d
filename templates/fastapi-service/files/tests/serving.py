import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

MODULE = "<%= it.package %>"


def serve_once(
    environment: Mapping[str, str], through: Sequence[str] = ()
) -> tuple[int, list[dict[str, Any]]]:
    """Runs the service for one request, then tells it to stop; its exit code and its log.

    `through` is a command that runs the service, and is told in its place.
    """
    ours = {key: text for key, text in os.environ.items() if not key.startswith("OTEL_")}
    service = subprocess.Popen(  # noqa: S603
        [*through, sys.executable, "-m", MODULE],
        env={**ours, "APP_PORT": "0", "APP_LOG_LEVEL": "info", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert service.stdout is not None
    lines = []
    try:
        for text in service.stdout:
            lines.append(json.loads(text))
            if "running on http" in lines[-1]["event"]:
                url = lines[-1]["event"].split("running on ")[1].split()[0]
                assert httpx.get(f"{url}/items").status_code == 200
                service.send_signal(signal.SIGTERM)
    finally:
        service.kill()
        service.wait()
        service.stdout.close()
    return service.returncode, lines
