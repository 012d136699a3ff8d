"""What is in front of servers: TLS ends here, because the programs that come as wheels are built without it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

# https://www.postgresql.org/docs/current/protocol-message-formats.html
SSL_REQUEST, GSS_REQUEST, CANCEL_REQUEST = 80877103, 80877104, 80877102
MAX_STARTUP = 10_000
HANDSHAKE_SECONDS = 15
TLS_HANDSHAKE = b"\x16"


@dataclass
class Door:
    """Where a server is reached. `inner` is its own port; what a client needs is asked for each connection."""

    speaks: str
    inner: int
    context: ssl.SSLContext
    needs_tls: Callable[[], bool]
    speaks_tls: Callable[[], bool]


class Front:
    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._accepting: dict[socket.socket, asyncio.Task[None]] = {}
        threading.Thread(target=self._loop.run_forever, name="front", daemon=True).start()

    def open(self, listener: socket.socket, door: Door) -> None:
        def start() -> None:
            listener.setblocking(False)
            self._accepting[listener] = self._loop.create_task(self._accept(listener, door))

        self._loop.call_soon_threadsafe(start)

    def close(self, listener: socket.socket) -> None:
        def end() -> None:
            task = self._accepting.pop(listener, None)
            if task:
                task.cancel()
            self._loop.call_soon(listener.close)

        self._loop.call_soon_threadsafe(end)

    async def _accept(self, listener: socket.socket, door: Door) -> None:
        connections: set[asyncio.Task[None]] = set()
        while True:
            client, _ = await self._loop.sock_accept(listener)
            client.setblocking(False)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            task = self._loop.create_task(self._serve(client, door))
            connections.add(task)
            task.add_done_callback(connections.discard)

    async def _serve(self, client: socket.socket, door: Door) -> None:
        begin = self._postgres if door.speaks == "postgres" else self._redis
        first, secure = None, False
        with contextlib.suppress(OSError, asyncio.TimeoutError, asyncio.IncompleteReadError):
            first, secure = await asyncio.wait_for(begin(client, door), HANDSHAKE_SECONDS)
        if first is None:
            client.close()
            return
        with contextlib.suppress(OSError):
            await self._relay(client, door, first, secure)

    async def _postgres(self, client: socket.socket, door: Door) -> tuple[bytes | None, bool]:
        """What the client said that the server has to see, and whether it wants TLS now; None: it was refused."""
        while True:
            head = await self._exactly(client, 8)
            length, code = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:], "big")
            if not 8 <= length <= MAX_STARTUP:
                return None, False
            if code == SSL_REQUEST:
                await self._loop.sock_sendall(client, b"S")
                return b"", True
            if code == GSS_REQUEST:
                await self._loop.sock_sendall(client, b"N")
                continue
            rest = await self._exactly(client, length - 8)
            if code != CANCEL_REQUEST and door.needs_tls():
                await self._loop.sock_sendall(client, _no_encryption(client, rest))
                return None, False
            return head + rest, False

    async def _redis(self, client: socket.socket, door: Door) -> tuple[bytes | None, bool]:
        if door.needs_tls() or not door.speaks_tls():
            return b"", door.speaks_tls()
        # Both are welcome (TransitEncryptionMode preferred): the first byte shows which one it is.
        await _readable(self._loop, client)
        return b"", client.recv(1, socket.MSG_PEEK) == TLS_HANDSHAKE

    async def _exactly(self, client: socket.socket, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = await self._loop.sock_recv(client, size - len(data))
            if not more:
                raise asyncio.IncompleteReadError(data, size)
            data += more
        return data

    async def _relay(self, client: socket.socket, door: Door, first: bytes, secure: bool) -> None:
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        context = door.context if secure else None
        transport, _ = await self._loop.connect_accepted_socket(lambda: protocol, client, ssl=context)
        writer = asyncio.StreamWriter(transport, protocol, reader, self._loop)
        try:
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", door.inner)
            inner_writer.write(first)
            await _both(_pump(reader, inner_writer), _pump(inner_reader, writer))
            inner_writer.close()
        finally:
            writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


async def _both(*pumps: Awaitable[None]) -> None:
    """Until one side hangs up."""
    tasks = [asyncio.ensure_future(pump) for pump in pumps]
    done, left = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in left:
        task.cancel()
    for task in done:
        with contextlib.suppress(OSError):
            task.result()


async def _readable(loop: asyncio.AbstractEventLoop, client: socket.socket) -> None:
    ready = loop.create_future()
    loop.add_reader(client, lambda: ready.done() or ready.set_result(None))
    try:
        await ready
    finally:
        loop.remove_reader(client)


def _no_encryption(client: socket.socket, startup: bytes) -> bytes:
    words = startup.rstrip(b"\0").decode("utf-8", "replace").split("\0")
    said = dict(zip(words[::2], words[1::2], strict=False))
    user = said.get("user", "")
    where = f'host "{client.getpeername()[0]}", user "{user}", database "{said.get("database", user)}"'
    fields = ["SFATAL", "VFATAL", "C28000", f"Mno pg_hba.conf entry for {where}, no encryption"]
    body = b"".join(field.encode() + b"\0" for field in fields) + b"\0"
    return b"E" + (len(body) + 4).to_bytes(4, "big") + body
