"""Serves an application until SIGTERM."""

import asyncio
import gc
import os
import sys
from collections.abc import Callable
from socket import socket
from typing import TypeVar

import uvicorn
from fastapi import FastAPI

from .logs import configure_logging
from .requests.connections import Connections, HttpConnection
from .settings import ServiceSettings, load_settings

# Spans are encoded by a thread, in Python. Whenever a request waits for its socket, that thread
# goes on for as long as this: by default for 5 ms.
SWITCH_SECONDS = 0.0001

AnySettings = TypeVar("AnySettings", bound=ServiceSettings)


class Server(uvicorn.Server):
    """A server that also ends connections that are slow or too many."""

    def __init__(self, config: uvicorn.Config, connections: Connections) -> None:
        super().__init__(config)
        self._connections = connections
        self._watching: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Listens."""
        await super().startup(sockets)
        # What was imported stays: a collection that goes through all of it takes some 50 ms.
        gc.freeze()
        self._watching = asyncio.create_task(self._connections.watch(self.server_state))

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Takes no new connection, and waits for the running requests."""
        await super().shutdown(sockets)
        if self._watching is not None:
            self._watching.cancel()


def build_server(app: FastAPI, settings: ServiceSettings) -> uvicorn.Server:
    """Returns a server that stops on SIGTERM when the running requests have ended."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=HttpConnection,
        loop="asyncio",
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=settings.shutdown_seconds,
        # A request knows nothing of the one before it on the same connection.
        reset_contextvars=True,
        # Our own logging is set up already, and each request is logged by our own middleware.
        log_config=None,
        access_log=False,
        server_header=False,
    )
    return Server(config, Connections(settings))


def serve(
    create_app: Callable[[AnySettings], FastAPI], settings: type[AnySettings], *, name: str
) -> None:
    """Runs the service `name` with the settings of the environment until SIGTERM.

    Ends the process with an explanation where they are not valid.
    """
    loaded = load_settings(settings)
    configure_logging(loaded, name, sys.stdout)
    os.environ.setdefault("OTEL_SERVICE_NAME", name)
    # The names of attributes that the spans of requests have too.
    os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http,database")
    sys.setswitchinterval(SWITCH_SECONDS)
    build_server(create_app(loaded), loaded).run()
