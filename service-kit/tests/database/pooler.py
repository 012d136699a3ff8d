"""Poolers in front of PostgreSQL: PgBouncer where it is installed, and one like it."""

import asyncio
import itertools
import shutil
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gennet_service_kit.database.settings import PostgresSettings
from gennet_service_kit.testing.server_process import HOST, ServerProcess, free_port

VERSION = 196608
TERMINATE, PROCESS, READY = b"X", b"K", b"Z"
# As PgBouncer: what it keeps for each client, and gives to a server with each transaction.
ACCEPTED = {"user", "database", "application_name", "client_encoding", "datestyle", "timezone"}

Message = tuple[bytes, bytes]


@dataclass
class Stream:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def read(self) -> Message:
        kind = await self.reader.readexactly(1)
        (length,) = struct.unpack("!i", await self.reader.readexactly(4))
        return kind, await self.reader.readexactly(length - 4)

    async def read_startup(self) -> tuple[int, bytes]:
        length, code = struct.unpack("!ii", await self.reader.readexactly(8))
        return code, await self.reader.readexactly(length - 8)

    def write(self, message: Message) -> None:
        kind, body = message
        self.writer.write(kind + struct.pack("!i", len(body) + 4) + body)


class TransactionPooler:
    """Gives each transaction the server's connection that was not used for longest.

    So state that a client leaves in a session is missing the next time, and meets others. Refuses
    what PgBouncer refuses, in the same words; `ignores` is its `ignore_startup_parameters`.
    """

    def __init__(self, settings: PostgresSettings, ignores: bool = False) -> None:
        self.port = free_port()
        self._settings = settings
        self._ignores = ignores
        self._servers: asyncio.Queue[Stream] = asyncio.Queue()
        self._processes = itertools.count(1)
        self._clients: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None

    async def open(self) -> None:
        self._listener = await asyncio.start_server(self._connected, HOST, self.port)

    async def shut(self) -> None:
        assert self._listener is not None
        self._listener.close()
        for task in self._clients:
            task.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)
        while not self._servers.empty():
            self._servers.get_nowait().writer.close()
        await self._listener.wait_closed()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(Stream(reader, writer)))
        self._clients.add(task)
        task.add_done_callback(self._clients.discard)

    async def _serve(self, client: Stream) -> None:
        try:
            code, body = await client.read_startup()
            # A request to cancel comes over another connection, and this one ends.
            if code == VERSION and await self._log_in(client, parameters_of(body)):
                while await self._transaction(client):
                    pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            client.writer.close()

    async def _log_in(self, client: Stream, parameters: Mapping[str, str]) -> bool:
        """Lets the server check the password; its connection then is for all."""
        refused = [name for name in parameters if name.lower() not in ACCEPTED]
        if refused and not self._ignores:
            text = f"unsupported startup parameter: {refused[0]}"
            client.write((b"E", f"SFATAL\0VFATAL\0C08P01\0M{text}\0\0".encode()))
            return False
        server = Stream(*await asyncio.open_connection(self._settings.host, self._settings.port))
        words = (w for name in parameters if name not in refused for w in (name, parameters[name]))
        body = struct.pack("!i", VERSION) + "\0".join([*words, "", ""]).encode()
        server.writer.write(struct.pack("!i", len(body) + 4) + body)
        try:
            while True:
                kind, body = await server.read()
                made_up = struct.pack("!ii", next(self._processes), 0)
                client.write((kind, made_up if kind == PROCESS else body))
                if kind == READY:
                    self._servers.put_nowait(server)
                    return True
                if kind == b"R" and struct.unpack("!i", body[:4])[0] in (10, 11):
                    # SCRAM: the client is asked for more.
                    server.write(await client.read())
        except BaseException:
            server.writer.close()
            raise

    async def _transaction(self, client: Stream) -> bool:
        """Returns whether the client is still there."""
        message = await client.read()
        if message[0] == TERMINATE:
            return False
        server = await self._servers.get()
        server.write(message)
        pending = {
            asyncio.ensure_future(client.read()): client,
            asyncio.ensure_future(server.read()): server,
        }
        try:
            while True:
                done, _ = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for read in done:
                    sender = pending.pop(read)
                    message = read.result()
                    (server if sender is client else client).write(message)
                    if sender is server and message == (READY, b"I"):
                        self._servers.put_nowait(server)
                        [(unread, _)] = pending.items()
                        unread.cancel()
                        await asyncio.wait([unread])
                        return True
                    pending[asyncio.ensure_future(sender.read())] = sender
        except BaseException:
            # In the middle of a transaction: no other client can use it.
            server.writer.close()
            raise
        finally:
            for read in pending:
                read.cancel()


def parameters_of(body: bytes) -> dict[str, str]:
    words = body.decode().split("\0")
    return dict(zip(words[:-2:2], words[1:-2:2], strict=True))


def pgbouncer(settings: PostgresSettings, folder: Path, ignores: str = "") -> ServerProcess | None:
    """Returns the real one, that is yet to be started, or None where it is not installed."""
    program = shutil.which("pgbouncer")
    if program is None:
        return None
    port = free_port()
    folder.chmod(0o755)
    users = folder / "users"
    users.write_text(f'"{settings.user}" "{settings.password.get_secret_value()}"\n')
    file = folder / "pgbouncer.ini"
    file.write_text(
        f"[databases]\n* = host={settings.host} port={settings.port}\n[pgbouncer]\n"
        f"listen_addr = {HOST}\nlisten_port = {port}\nunix_socket_dir =\nuser = nobody\n"
        f"auth_type = scram-sha-256\nauth_file = {users}\npool_mode = transaction\n"
        f"default_pool_size = 2\nserver_round_robin = 1\nignore_startup_parameters = {ignores}\n"
    )
    return ServerProcess([program, file], port, folder / "log")
