"""A Valkey that an ElastiCache replication group is: its own process and port; what it holds is in memory."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import shutil
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from .addresses import free_port
from .authority import write_private
from .process import Process
from .redis_client import RedisClient, RedisError

ADMINISTRATOR = "elasticache-admin"
READY_SECONDS = 30
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/SupportedCommands.html
FORBIDDEN = (
    "-acl|setuser -acl|deluser -acl|load -acl|save -bgrewriteaof -bgsave -config -debug -migrate -psync -replicaof "
    "-save -slaveof -shutdown -sync"
)


@dataclass(frozen=True)
class Login:
    """A user as the server knows it. `passwords` are SHA-256 in hexadecimal; None: no password is needed."""

    name: str
    access: str
    passwords: tuple[str, ...] | None

    def line(self) -> str:
        keys = "nopass" if self.passwords is None else " ".join(f"#{digest}" for digest in self.passwords)
        return f"user {self.name} {self.access} {FORBIDDEN} {keys}".rstrip()


def digest(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()


class Valkey:
    """Every method may take seconds, and is called by one thread only, the server's own."""

    def __init__(self, program: Path, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._process: Process | None = None
        self._password = secrets.token_urlsafe(24)
        self.port = free_port()

    def create(self, logins: list[Login], settings: dict[str, str]) -> None:
        self._write(logins)
        options = {
            **settings,
            "bind": "127.0.0.1",
            "port": str(self.port),
            "dir": f'"{self._folder}"',
            "aclfile": f'"{self._folder / "users.acl"}"',
            "save": '""',
            "appendonly": "no",
            # Its folder stays visible in its command line, by which the sandbox finds what a killed guard left.
            "set-proc-title": "no",
        }
        configuration = self._folder / "valkey.conf"
        write_private(configuration, "".join(f"{name} {value}\n" for name, value in options.items()).encode())
        command = [str(self._program), str(configuration)]
        self._process = Process(command, self._folder, self._folder / "log", signal.SIGTERM)
        self._await_ready()

    def set_logins(self, logins: list[Login]) -> None:
        self._write(logins)
        with self._client() as client:
            client.call("ACL", "LOAD")

    def set_option(self, name: str, value: str) -> None:
        with self._client() as client:
            client.call("CONFIG", "SET", name, value)

    def keep(self, place: Path) -> None:
        """Writes a snapshot of everything."""
        with self._client() as client:
            client.call("SAVE")
        shutil.move(self._folder / "dump.rdb", place)

    def remove(self) -> None:
        with contextlib.suppress(Exception):
            if self._process:
                self._process.end()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _write(self, logins: list[Login]) -> None:
        own = f"user {ADMINISTRATOR} on ~* &* +@all #{digest(self._password)}"
        closed = [] if any(login.name == "default" for login in logins) else ["user default off resetpass -@all"]
        text = "\n".join([own, *closed, *(login.line() for login in logins)])
        write_private(self._folder / "users.acl", f"{text}\n".encode())

    def _client(self) -> RedisClient:
        client = RedisClient(("127.0.0.1", self.port))
        client.call("AUTH", ADMINISTRATOR, self._password)
        return client

    def _await_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        assert self._process
        while self._process.alive and time.monotonic() < deadline:
            try:
                with self._client() as client:
                    client.call("PING")
                return
            except (OSError, RedisError):
                threading.Event().wait(0.05)
        raise self._process.failed("valkey-server")
