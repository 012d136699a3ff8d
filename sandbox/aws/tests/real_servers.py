"""An emulator with real servers, in its own process, whose clock runs fast by itself."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from .conftest import ACCOUNT, CONTROL, KEY, SECRET, Endpoint

PROGRAMS = {"postgresFolder": "SANDBOX_POSTGRES_FOLDER", "valkey": "SANDBOX_VALKEY"}


class RealServers(Endpoint):
    @property
    def authority(self) -> str:
        return str(self.files / "stores" / "ca.crt")

    def until(self, seen: Callable[[], Any], wanted: Any) -> None:
        deadline = time.monotonic() + 120
        while seen() != wanted:
            assert time.monotonic() < deadline, f"still {seen()}, not {wanted}"
            threading.Event().wait(0.1)

    def running(self) -> list[str]:
        """The command lines of the servers."""
        stores = str(self.files / "stores")
        return [line for line in _command_lines() if stores in line]

    def kept(self, kind: str) -> int:
        return len(list((self.files / "stores" / kind).iterdir()))


def _command_lines() -> list[str]:
    if not Path("/proc/self/cmdline").exists():
        listed = subprocess.run(["/bin/ps", "-axww", "-o", "args="], capture_output=True, text=True, check=True)
        return listed.stdout.splitlines()
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        # It may end while it is read.
        with contextlib.suppress(OSError):
            found.append(path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace"))
    return found


def start(files: Path) -> Iterator[RealServers]:
    """The caller's environment says where the programs are."""
    programs = {member: os.environ.get(variable) for member, variable in PROGRAMS.items()}
    if None in programs.values():
        pytest.skip(f"needs {' and '.join(PROGRAMS.values())}")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "listen": {"host": "127.0.0.1", "port": port},
        "accountId": ACCOUNT,
        "credentials": {"accessKeyId": KEY, "secretAccessKey": SECRET},
        "clockScale": 600,
        "clusters": {},
        "stores": {"folder": str(files / "stores"), **programs},
    }
    path = files / "config.json"
    path.touch(0o600)
    path.write_text(json.dumps(settings))
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
    process = subprocess.Popen([sys.executable, "-m", "emulator", "--config", str(path)], env=environment)
    servers = RealServers(f"http://127.0.0.1:{port}", files)
    servers.until(lambda: _is_healthy(servers.url), True)
    yield servers
    process.terminate()
    process.wait(10)


def _is_healthy(url: str) -> bool:
    try:
        return requests.get(f"{url}/_sandbox/health", headers=CONTROL).ok
    except requests.ConnectionError:
        return False
