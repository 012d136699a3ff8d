"""A TCP proxy in front of a server, for tests of what a client does without that server."""

import asyncio
import ssl
from contextlib import suppress

from .server_process import HOST, free_port


class Door:
    """Listens on `port` of 127.0.0.1 while it is open.

    Shut, it cuts the connections that are open and refuses others. Held, it takes connections but
    passes nothing on: to its clients the server hangs. With `tls` that is what clients speak.
    """

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> None:
        self.port = free_port()
        self.behind = (host, port)
        """Where connections lead that are made from now on."""
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._visits: set[asyncio.Task[None]] = set()
        self._passing = asyncio.Event()
        self._passing.set()

    async def open(self) -> None:
        """Takes connections from now on."""
        self._server = await asyncio.start_server(self._visited, HOST, self.port, ssl=self._tls)

    async def shut(self) -> None:
        """Returns when all connections are closed."""
        if self._server is None:
            return
        self._server.close()
        for visit in self._visits:
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    def hold(self) -> None:
        """Passes nothing on until `release`."""
        self._passing.clear()

    def release(self) -> None:
        """Passes on what was sent meanwhile, and everything after it."""
        self._passing.set()

    def _visited(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = asyncio.ensure_future(self._let_through(reader, writer))
        self._visits.add(visit)
        visit.add_done_callback(self._visits.discard)

    async def _let_through(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        ends = [writer]
        try:
            # Where nothing listens behind the door, its clients see a connection that closes.
            with suppress(ConnectionError):
                there_reader, there_writer = await asyncio.open_connection(*self.behind)
                ends.append(there_writer)
                await asyncio.gather(
                    self._copy(reader, there_writer), self._copy(there_reader, writer)
                )
        finally:
            # All of them before any wait: that may be cancelled.
            for end in ends:
                end.close()
            for end in ends:
                with suppress(ConnectionError):
                    await end.wait_closed()

    async def _copy(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        # Not only a ConnectionError: a socket that was reset before is not connected (ENOTCONN).
        with suppress(OSError):
            while part := await source.read(65536):
                await self._passing.wait()
                target.write(part)
                await target.drain()
            # TLS has no half of a connection that could be closed.
            if target.can_write_eof():
                target.write_eof()
            else:
                target.close()
