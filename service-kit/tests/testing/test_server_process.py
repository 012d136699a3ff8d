import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from gennet_service_kit.testing.server_process import (
    ServerError,
    ServerProcess,
    free_port,
    takes_connections,
)

LISTEN = """
import signal, socket, subprocess, sys
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
"""
DEAF = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
# Its child keeps a connection to the test open for as long as it lives.
WITH_CHILD = """
child = 'import signal, socket, sys; to = socket.create_connection(("127.0.0.1", int(sys.argv[1])))'
subprocess.Popen([sys.executable, "-c", child + "; signal.pause()", sys.argv[2]])
"""
WAIT = "signal.pause()\n"
STARTER = """
import signal, sys
from pathlib import Path
from gennet_service_kit.testing.server_process import ServerProcess
script, folder, port, listener = sys.argv[1:]
argv = [sys.executable, "-c", script, port, listener]
with ServerProcess(argv, int(port), Path(folder, "log")):
    print("started", flush=True)
    signal.pause()
"""


def server(script: str, folder: Path, *words: str, grace_seconds: float = 10) -> ServerProcess:
    port = free_port()
    argv = [sys.executable, "-c", script, str(port), *words]
    return ServerProcess(argv, port, folder / "log", grace_seconds=grace_seconds)


def test_a_server_takes_connections_until_its_end_and_may_start_again(tmp_path: Path) -> None:
    process = server(LISTEN + WAIT, tmp_path)

    for _ in range(2):
        with process:
            assert takes_connections(process.port)
        assert not takes_connections(process.port)


def test_a_server_that_ends_at_its_start_is_an_error_with_what_it_wrote(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match=r"(?s)ended with 3\..*no such option"):
        server('import sys; print("no such option", flush=True); sys.exit(3)', tmp_path).start()


def test_a_server_that_takes_too_long_is_an_error_and_is_ended(tmp_path: Path) -> None:
    port = free_port()

    def never() -> bool:
        while not takes_connections(port):
            pass
        return False

    process = ServerProcess(
        [sys.executable, "-c", LISTEN + WAIT, str(port)],
        port,
        tmp_path / "log",
        accepts=never,
        start_seconds=0,
    )

    with pytest.raises(ServerError, match="did not start within 0 s"):
        process.start()
    assert not takes_connections(port)


def test_a_server_that_ignores_its_stop_signal_is_killed(tmp_path: Path) -> None:
    process = server(LISTEN.replace("server", DEAF + "server", 1) + WAIT, tmp_path, grace_seconds=0)

    with process:
        assert takes_connections(process.port)
    assert not takes_connections(process.port)


def test_what_a_server_started_ends_with_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        with server(LISTEN + WITH_CHILD + WAIT, tmp_path, str(listener.getsockname()[1])):
            connection, _ = listener.accept()
        with connection:
            connection.settimeout(60)
            assert connection.recv(1) == b""


def test_a_server_ends_when_the_process_that_started_it_is_killed(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        words = [LISTEN + WITH_CHILD + WAIT, str(tmp_path), str(free_port())]
        with subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", STARTER, *words, str(listener.getsockname()[1])],
            stdout=subprocess.PIPE,
        ) as starter:
            assert starter.stdout is not None
            assert starter.stdout.readline() == b"started\n"
            connection, _ = listener.accept()
            starter.kill()
        assert starter.returncode == -signal.SIGKILL
        with connection:
            connection.settimeout(60)
            assert connection.recv(1) == b""


def test_a_paused_server_answers_nothing_until_it_is_resumed_and_can_be_ended(
    tmp_path: Path,
) -> None:
    process = server(LISTEN + "while True: server.accept()[0].close()\n", tmp_path)
    with process:
        process.pause()
        # The kernel still takes connections.
        with socket.create_connection(("127.0.0.1", process.port)) as connection:
            connection.settimeout(0.1)
            with pytest.raises(TimeoutError):
                connection.recv(1)
            process.resume()
            connection.settimeout(60)
            assert connection.recv(1) == b""
        process.pause()
    assert not takes_connections(process.port)
