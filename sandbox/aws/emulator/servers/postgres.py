"""A PostgreSQL that an RDS instance is: its own process, data and port."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import signal
import threading
import time
from pathlib import Path

from .addresses import free_port
from .authority import write_private
from .postgres_client import PostgresClient, PostgresError, identifier, literal
from .process import Process, ServerFailed, unprivileged

# The superuser of RDS, whose password no one has on AWS.
ADMINISTRATOR = "rdsadmin"
READY_SECONDS = 60
TOOL_SECONDS = 120
# The data is disposable: it survives a crash of the server, but maybe not of the machine.
DISPOSABLE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "wal_keep_size": "64MB",
    # A failing statement would be written to the log, and it may contain a verifier of a password.
    "log_min_error_statement": "panic",
}
# What RDS gives to the master user: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.html
ROLES = (
    "CREATE ROLE rds_superuser NOLOGIN",
    "CREATE ROLE rds_replication NOLOGIN",
    "CREATE ROLE rds_password NOLOGIN",
    "CREATE ROLE rds_iam NOLOGIN",
    "GRANT pg_monitor, pg_signal_backend, rds_replication, rds_password TO rds_superuser WITH ADMIN OPTION",
)


class Postgres:
    """Every method may take seconds, and is called by one thread only, the server's own."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._data = folder / "data"
        self._process: Process | None = None
        self._password = secrets.token_urlsafe(24)
        self.port = free_port()

    def create(self, master: str, verifier: str, database: str | None, settings: dict[str, str]) -> None:
        given = self._folder / "password"
        write_private(given, self._password.encode())
        how = ["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"]
        who = ["--username", ADMINISTRATOR, "--pwfile", str(given)]
        self._run("initdb", ["--pgdata", str(self._data), *who, *how])
        given.unlink()
        self.start(settings)
        with self._client() as client:
            for statement in ROLES:
                client.query(statement)
            role = identifier(master)
            client.query(f"CREATE ROLE {role} LOGIN CREATEDB CREATEROLE PASSWORD {literal(verifier)}")
            client.query(f"GRANT rds_superuser TO {role} WITH ADMIN OPTION")
            client.query(f"ALTER DATABASE postgres OWNER TO {role}")
            if database and database != "postgres":
                client.query(f"CREATE DATABASE {identifier(database)} OWNER {role}")

    def copy(self, source: Postgres, settings: dict[str, str]) -> None:
        """Becomes a standby that follows `source`."""
        # Replication brings the source's users, and this one is among them.
        self._password = source._password
        login = self._folder / "source.pgpass"
        write_private(login, f"127.0.0.1:{source.port}:*:{ADMINISTRATOR}:{self._password}\n".encode())
        at = f"host=127.0.0.1 port={source.port} user={ADMINISTRATOR} passfile='{login}'"
        how = ["--wal-method=stream", "--checkpoint=fast", "--no-sync", "--no-password"]
        self._run("pg_basebackup", ["--dbname", at, "--pgdata", str(self._data), *how])
        (self._data / "standby.signal").touch(0o600)
        write_private(self._data / "postgresql.auto.conf", f"primary_conninfo = {literal(at)}\n".encode())
        self.start(settings)

    def restore(self, kept: Path, source: Postgres, settings: dict[str, str]) -> None:
        self._password = source._password
        shutil.copytree(kept, self._data)
        self.start(settings)

    def start(self, settings: dict[str, str]) -> None:
        self._write(settings)
        self._launch()

    def _launch(self) -> None:
        self._data.chmod(0o700)
        # A killed server leaves it, and its pid may belong to another process by now.
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        where = ["-D", str(self._data), "-h", "127.0.0.1", "-p", str(self.port), "-k", ""]
        self._process = self._begin("postgres", where)
        self._await_ready()

    def stop(self) -> None:
        if self._process:
            self._process.end()
            self._process = None

    def restart(self, settings: dict[str, str] | None) -> None:
        """With the settings that it has, if none are given."""
        self.stop()
        if settings is not None:
            self._write(settings)
        self._launch()

    def reload(self, settings: dict[str, str]) -> None:
        self._write(settings)
        with self._client() as client:
            client.query("SELECT pg_reload_conf()")

    def set_password(self, role: str, verifier: str) -> None:
        with self._client() as client:
            client.query(f"ALTER ROLE {identifier(role)} PASSWORD {literal(verifier)}")

    def promote(self) -> None:
        with self._client() as client:
            if client.query(f"SELECT pg_promote(true, {READY_SECONDS})") != [("t",)]:
                raise ServerFailed("the standby was not promoted")
            client.query("ALTER SYSTEM RESET primary_conninfo")

    def keep(self, place: Path) -> None:
        """Stops, and moves the data to a snapshot, which is then a base backup that needs no log."""
        self.stop()
        shutil.move(self._data, place)

    def backup(self, place: Path) -> None:
        """Copies the data of the running server."""
        login = self._folder / "own.pgpass"
        write_private(login, f"127.0.0.1:{self.port}:*:{ADMINISTRATOR}:{self._password}\n".encode())
        at = f"host=127.0.0.1 port={self.port} user={ADMINISTRATOR} passfile='{login}'"
        how = ["--wal-method=stream", "--checkpoint=fast", "--no-sync", "--no-password"]
        self._run("pg_basebackup", ["--dbname", at, "--pgdata", str(place), *how])

    def remove(self) -> None:
        with contextlib.suppress(Exception):
            self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _write(self, settings: dict[str, str]) -> None:
        lines = [f"{name} = {literal(value)}\n" for name, value in {**settings, **DISPOSABLE}.items()]
        # The whole file: nothing of what initdb suggests is needed.
        write_private(self._data / "postgresql.conf", "".join(lines).encode())

    def _client(self) -> PostgresClient:
        return PostgresClient(("127.0.0.1", self.port), ADMINISTRATOR, self._password, "postgres")

    def _begin(self, program: str, arguments: list[str]) -> Process:
        command = unprivileged([str(self._programs / program), *arguments])
        return Process(command, self._folder, self._folder / "log", signal.SIGINT)

    def _run(self, program: str, arguments: list[str]) -> None:
        self._begin(program, arguments).finish(TOOL_SECONDS, program)

    def _await_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        assert self._process
        while self._process.alive and time.monotonic() < deadline:
            try:
                with self._client() as client:
                    client.query("SELECT 1")
                return
            except (OSError, PostgresError):
                threading.Event().wait(0.05)
        failure = self._process.failed("postgres")
        self.stop()
        raise failure
