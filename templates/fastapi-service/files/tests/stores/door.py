"""A way to a server that can be shut: what is on the other side is away, and comes back."""

import asyncio
import ssl
from contextlib import suppress

from tests.stores.server_process import HOST, free_port


class Door:
    """Listens on `port` while it is open; connections that are open when it is shut are cut.

    With `tls` that is what is spoken outside.
    """

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> None:
        self.port = free_port()
        self._behind = (host, port)
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._visits: set[asyncio.Future[None]] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._visited, HOST, self.port, ssl=self._tls)

    async def shut(self) -> None:
        if self._server is None:
            return
        self._server.close()
        for visit in self._visits:
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    def _visited(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = asyncio.ensure_future(self._let_through(reader, writer))
        self._visits.add(visit)
        visit.add_done_callback(self._visits.discard)

    async def _let_through(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        ends = [writer]
        try:
            there_reader, there_writer = await asyncio.open_connection(*self._behind)
            ends.append(there_writer)
            await asyncio.gather(copy(reader, there_writer), copy(there_reader, writer))
        finally:
            # All of them before any wait: that may be cancelled.
            for end in ends:
                end.close()
            for end in ends:
                with suppress(ConnectionError):
                    await end.wait_closed()


async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while part := await source.read(65536):
            target.write(part)
            await target.drain()
        # TLS has no half of a connection that could be closed.
        if target.can_write_eof():
            target.write_eof()
        else:
            target.close()
