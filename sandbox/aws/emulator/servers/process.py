"""Processes that end with the emulator."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

GUARD = Path(__file__).with_name("guard.py")
END_SECONDS = 10


class ServerFailed(Exception):
    """A server or one of its tools did not do its work; the text has the end of its log."""


class Process:
    """A program under the guard. What it prints goes to `log`, which is for its owner only."""

    def __init__(self, command: list[str], folder: Path, log: Path, end_signal: signal.Signals) -> None:
        self._log = log
        guarded = [sys.executable, "-I", "-S", "-B", str(GUARD), str(int(end_signal)), *command]
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as output:
            self._guard = subprocess.Popen(  # noqa: S603
                guarded,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                cwd=folder,
                env={**kept, "LC_ALL": "C", "HOME": str(folder)},
            )

    @property
    def alive(self) -> bool:
        return self._guard.poll() is None

    def end(self) -> None:
        assert self._guard.stdin
        self._guard.stdin.close()
        self._guard.wait(END_SECONDS)

    def finish(self, seconds: float, what: str) -> None:
        """Waits for a tool that ends by itself."""
        try:
            if self._guard.wait(seconds) == 0:
                return
        except subprocess.TimeoutExpired:
            self.end()
        finally:
            assert self._guard.stdin
            self._guard.stdin.close()
        raise self.failed(what)

    def failed(self, what: str) -> ServerFailed:
        lines = self._log.read_text(errors="replace").splitlines()[-6:]
        return ServerFailed("\n".join([f"{what} failed", *lines]))


def unprivileged(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root: in its own user namespace root becomes nobody, and still owns its files."""
    if sys.platform != "linux" or os.getuid() != 0:
        return command
    return ["unshare", "--user", "--map-user=65534", "--map-group=65534", "--", *command]
