"""A way to a server that can be shut: what is on the other side is away, and comes back."""

import asyncio
from contextlib import suppress

from tests.stores.server_process import HOST, free_port


class Door:
    """Listens on `port` while it is open; whoever is inside when it is shut is thrown out."""

    def __init__(self, host: str, port: int) -> None:
        self.port = free_port()
        self._behind = (host, port)
        self._server: asyncio.Server | None = None
        self._inside: set[asyncio.StreamWriter] = set()
        self._visits: set[asyncio.Future[None]] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._visited, HOST, self.port)

    async def shut(self) -> None:
        if self._server is None:
            return
        self._server.close()
        for writer in self._inside:
            writer.transport.abort()
        await asyncio.gather(*self._visits)
        await self._server.wait_closed()
        self._server = None

    def _visited(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visit = asyncio.ensure_future(self._let_through(reader, writer))
        self._visits.add(visit)
        visit.add_done_callback(self._visits.discard)

    async def _let_through(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        there_reader, there_writer = await asyncio.open_connection(*self._behind)
        ends = {writer, there_writer}
        self._inside |= ends
        try:
            await asyncio.gather(copy(reader, there_writer), copy(there_reader, writer))
        finally:
            self._inside -= ends
            for end in ends:
                end.close()
                with suppress(ConnectionError):
                    await end.wait_closed()


async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while part := await source.read(65536):
            target.write(part)
            await target.drain()
        target.write_eof()
