import asyncio
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from <%= it.package %>.graph.settings import (
    Neo4jSettings,
)

from tests.stores.server_process import HOST, free_port


class Proxy:
    """A way to the graph at a port of its own, which can be closed and opened."""

    def __init__(self, behind: Neo4jSettings) -> None:
        self._behind = urlsplit(behind.uri)
        self._port = free_port()
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.StreamWriter] = set()
        # Not neo4j://, by which the server would name its own address.
        self.settings = behind.model_copy(update={"uri": f"bolt://{HOST}:{self._port}"})

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, HOST, self._port)

    async def close(self) -> None:
        """Ends all connections, too."""
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to, port = self._behind.hostname, self._behind.port
        server_reader, server_writer = await asyncio.open_connection(to, port)
        self._connections |= {writer, server_writer}
        await asyncio.gather(pass_on(reader, server_writer), pass_on(server_reader, writer))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()
