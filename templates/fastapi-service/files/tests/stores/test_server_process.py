import socket
import sys
from pathlib import Path

import pytest

from .server_process import ServerError, ServerProcess, free_port, takes_connections

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


def test_a_server_that_does_not_listen_to_its_signal_is_killed(tmp_path: Path) -> None:
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
