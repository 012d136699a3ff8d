"""Neo4j: of TEST_NEO4J_URL, or a server on this machine whose data are gone at its end."""

import os
import secrets
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .neo4j_program import class_path
from .server_process import HOST, ServerError, ServerProcess, free_port, takes_connections

PREFIX = "APP_NEO4J__"
READY = b"Neo4j is ready."
# Little memory, and a quick start rather than the fastest code.
OPTIONS = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]


@contextmanager
def serve() -> Iterator[dict[str, str]]:
    """The variables with which the service finds a Neo4j that is there until the end."""
    with serve_url() as url:
        yield variables_of(url)


@contextmanager
def serve_url() -> Iterator[str]:
    """Its address with its login, as in TEST_NEO4J_URL."""
    url = os.environ.get("TEST_NEO4J_URL")
    if url:
        yield url
        return
    password = secrets.token_urlsafe()
    with (
        tempfile.TemporaryDirectory() as folder,
        neo4j_process(Path(folder), password) as server,
    ):
        yield f"neo4j://neo4j:{password}@{HOST}:{server.port}"


def neo4j_process(folder: Path, password: str, bolt_threads: int = 400) -> ServerProcess:
    """A server to be started, with its files in the folder. Raises ServerError.

    As many transactions as it has threads may be open at a time.
    """
    java = shutil.which("java")
    if java is None or shutil.which("javac") is None or shutil.which("mvn") is None:
        raise ServerError(
            "The tests need Neo4j. Install a JDK (17 or newer) and Maven, with which it is run, "
            "or set TEST_NEO4J_URL to neo4j://USER:PASSWORD@HOST:PORT of one that may be emptied."
        )
    port = free_port()
    log = folder / "log"
    return ServerProcess(
        [java, *OPTIONS, "-cp", class_path(), "Neo4jServer", folder / "data", str(port)],
        port,
        log,
        env={"NEO4J_PASSWORD": password, "NEO4J_BOLT_THREADS": str(bolt_threads)},
        # The line stays in the log when the server is started again.
        accepts=lambda: READY in log.read_bytes() and takes_connections(port),
        # It would take ten seconds to write down what is not read any more.
        stop_signal=signal.SIGKILL,
    )


def variables_of(url: str) -> dict[str, str]:
    """Returns the variables of an address like TEST_NEO4J_URL. Raises ServerError."""
    parts = urlsplit(url)
    if not (parts.scheme and parts.hostname and parts.username and parts.password):
        raise ServerError(
            "TEST_NEO4J_URL is not of the form neo4j://USER:PASSWORD@HOST:PORT/DATABASE."
        )
    given = {
        "URI": f"{parts.scheme}://{parts.hostname}:{parts.port or 7687}",
        "USERNAME": unquote(parts.username),
        "PASSWORD": unquote(parts.password),
        "DATABASE": parts.path.strip("/") or "neo4j",
    }
    return {f"{PREFIX}{name}": value for name, value in given.items()}
