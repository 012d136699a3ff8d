"""Servers of the test's own process, and raw connections to them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import uvicorn
from fastapi import FastAPI

from gennet_service_kit.server import build_server
from gennet_service_kit.settings import ServiceSettings


@dataclass(frozen=True)
class Served:
    server: uvicorn.Server
    host: str
    port: int
    http: httpx.AsyncClient

    async def send(self, data: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        writer.write(data)
        await writer.drain()
        return reader, writer


@asynccontextmanager
async def serving(app: FastAPI, settings: ServiceSettings | None = None) -> AsyncIterator[Served]:
    """Serves the application on a free port until the test is done with it."""
    settings = settings if settings is not None else ServiceSettings()
    server = build_server(app, settings.model_copy(update={"port": 0}))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0)
    host, port = server.servers[0].sockets[0].getsockname()
    try:
        async with httpx.AsyncClient(base_url=f"http://{host}:{port}", timeout=30) as http:
            yield Served(server, host, port, http)
    finally:
        server.should_exit = True
        await task


async def closed(reader: asyncio.StreamReader) -> bytes:
    """Returns what comes until the server closes the connection."""
    async with asyncio.timeout(20):
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""
