"""A service as its own process, as it runs in production."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import httpx


def serve_once(
    module: str,
    environment: Mapping[str, str],
    *,
    path: str = "/health/live",
    through: Sequence[str] = (),
) -> tuple[int, list[dict[str, Any]]]:
    """Runs `python -m MODULE` for one request that must be answered with 200, then stops it.

    `through` is a command that runs the service; SIGTERM is then sent to that command. Returns the
    exit code and the lines of the log.
    """
    inherited = {key: text for key, text in os.environ.items() if not key.startswith("OTEL_")}
    service = subprocess.Popen(  # noqa: S603  (the tests choose what runs)
        [*through, sys.executable, "-m", module],
        env={**inherited, "APP_PORT": "0", "APP_LOG_LEVEL": "info", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if service.stdout is None:
        raise AssertionError
    lines: list[dict[str, Any]] = []
    try:
        for text in service.stdout:
            lines.append(json.loads(text))
            if "running on http" in lines[-1]["event"]:
                url = lines[-1]["event"].split("running on ")[1].split()[0]
                httpx.get(f"{url}{path}").raise_for_status()
                service.send_signal(signal.SIGTERM)
    finally:
        service.kill()
        service.wait()
        service.stdout.close()
    return service.returncode, lines
