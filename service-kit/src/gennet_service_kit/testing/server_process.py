"""A server on this machine, for as long as a test needs it."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"
POLL_SECONDS = 0.02
# Its input ends when the process that started the server is gone, in whatever way: then it ends
# the server.
WATCH = "import os, signal, sys; sys.stdin.read(); os.killpg(int(sys.argv[1]), signal.SIGKILL)"


class ServerError(RuntimeError):
    """A server did not start; the message has what it wrote."""


class ServerProcess:
    """Runs a server in its own process group; may be started again after its end.

    The group ends with the process that started it, even when that is killed.

    What it writes goes to the file `log`. It has started when `accepts` returns true, by default
    when its port takes a connection. It is ended by `stop_signal`, and by SIGKILL after
    `grace_seconds`.
    """

    def __init__(
        self,
        argv: Sequence[str | Path],
        port: int,
        log: Path,
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        accepts: Callable[[], bool] | None = None,
        start_seconds: float = 60,
        stop_signal: signal.Signals = signal.SIGTERM,
        grace_seconds: float = 10,
    ) -> None:
        self.port = port
        self._argv = [str(word) for word in argv]
        self._log = log
        self._env = {**os.environ, **(env or {})}
        self._cwd = cwd
        self._accepts = accepts or (lambda: takes_connections(port))
        self._start_seconds = start_seconds
        self._stop_signal = stop_signal
        self._grace_seconds = grace_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when the server accepts connections. Raises ServerError."""
        with self._log.open("ab") as log:
            process = self._process = subprocess.Popen(  # noqa: S603
                self._argv,
                env=self._env,
                cwd=self._cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._watcher = subprocess.Popen(  # noqa: S603
            [sys.executable, "-ISc", WATCH, str(process.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            self._wait_until_it_accepts(process)
        except BaseException:
            self.end()
            raise

    def pause(self) -> None:
        """Stops it where it is: its sockets stay open, and nothing is answered until `resume`."""
        if self._process is not None:
            signal_group(self._process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Lets it continue after `pause`."""
        if self._process is not None:
            signal_group(self._process.pid, signal.SIGCONT)

    def kill(self) -> None:
        """Ends it as a crash does; it may be started again."""
        if self._process is not None:
            signal_group(self._process.pid, signal.SIGKILL)
        self.end()

    def end(self) -> None:
        """Returns when the server has ended; what it started and left behind is killed."""
        process, self._process = self._process, None
        if process is None:
            return
        try:
            signal_group(process.pid, self._stop_signal)
            # A paused one would not hear it.
            signal_group(process.pid, signal.SIGCONT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(self._grace_seconds)
        finally:
            signal_group(process.pid, signal.SIGKILL)
            self._end_watcher()
            process.wait()

    def _end_watcher(self) -> None:
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.kill()
            watcher.communicate()

    def _wait_until_it_accepts(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + self._start_seconds
        while not self._accepts():
            try:
                # This is the pause, too: it is over at once when the server ends.
                code = process.wait(POLL_SECONDS)
            except subprocess.TimeoutExpired:
                if time.monotonic() < until:
                    continue
                raise self._error(f"did not start within {self._start_seconds} s") from None
            raise self._error(f"ended with {code}")

    def _error(self, what: str) -> ServerError:
        written = self._log.read_text(errors="replace").strip()
        return ServerError(f"{self._argv[0]} {what}. It wrote:\n{written or '(nothing)'}")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.end()


def signal_group(group: int, number: signal.Signals) -> None:
    """Sends the signal to all processes of the group that are left."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def takes_connections(port: int) -> bool:
    """Returns whether a server listens there."""
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False


def free_port() -> int:
    """Returns a port that nothing listens on.

    It is below those that systems give to outgoing connections, so that it stays free until the
    server has it, and while that is stopped.
    """
    while True:
        port = secrets.choice(range(20_000, 32_000))
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((HOST, port))
            except OSError:
                continue
        return port
