"""All servers of one sandbox: their folder, programs, authority and addresses."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from typing import Generic, TypeVar

from .addresses import listen
from .authority import Authority
from .front import Door, Front
from .jobs import Jobs
from .postgres import Postgres
from .valkey import Valkey

Kind = TypeVar("Kind", Postgres, Valkey)


@dataclass(frozen=True)
class Programs:
    """Where everything is kept, the folder of PostgreSQL's programs, and the program that is Valkey."""

    folder: Path
    postgres: Path
    valkey: Path


@dataclass
class Running(Generic[Kind]):
    """A server behind an address. It is ready once its jobs are done and none failed."""

    server: Kind
    jobs: Jobs
    address: str
    port: int
    listener: socket
    needs_tls: bool = True
    speaks_tls: bool = True


class Servers:
    """Without programs there are no servers: instances and groups are then only what the API says."""

    def __init__(self, programs: Programs | None) -> None:
        self._programs = programs
        self._running: list[Running[Postgres] | Running[Valkey]] = []
        if programs is None:
            return
        programs.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # AWS's resources are only in memory: what an earlier emulator left has no owner.
        for folder in (programs.folder / "running", programs.folder / "snapshots"):
            shutil.rmtree(folder, ignore_errors=True)
            # A server of it may still be ending, and then its folder stays.
            folder.mkdir(mode=0o700, exist_ok=True)
        self._authority = Authority(programs.folder)
        self._front = Front()

    def postgres(self, port: int) -> Running[Postgres] | None:
        if self._programs is None:
            return None
        folder = self._folder()
        return self._started("postgres", folder, Postgres(self._programs.postgres, folder), port)

    def valkey(self, port: int) -> Running[Valkey] | None:
        if self._programs is None:
            return None
        folder = self._folder()
        return self._started("redis", folder, Valkey(self._programs.valkey, folder), port)

    def remove(self, running: Running[Postgres] | Running[Valkey] | None) -> None:
        if running is None or running not in self._running:
            return
        self._running.remove(running)
        self._front.close(running.listener)
        running.jobs.last(running.server.remove)

    def snapshot(self) -> Path:
        """A place for a snapshot, which does not exist yet."""
        assert self._programs
        return self._programs.folder / "snapshots" / uuid.uuid4().hex

    def reset(self) -> None:
        for running in list(self._running):
            self.remove(running)

    def _folder(self) -> Path:
        assert self._programs
        folder = self._programs.folder / "running" / uuid.uuid4().hex[:12]
        folder.mkdir(mode=0o700)
        return folder

    def _started(self, speaks: str, folder: Path, server: Kind, port: int) -> Running[Kind]:
        listener, address, bound = listen(port)
        running = Running(server, Jobs(f"{speaks} {folder.name}"), address, bound, listener)
        context = self._authority.context(folder, address)
        door = Door(speaks, server.port, context, lambda: running.needs_tls, lambda: running.speaks_tls)
        self._front.open(listener, door)
        self._running.append(running)
        return running
