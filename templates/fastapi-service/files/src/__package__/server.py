import uvicorn
from fastapi import FastAPI

from .settings import Settings


def build_server(app: FastAPI, settings: Settings) -> uvicorn.Server:
    """A server that, told to stop, takes no new connection and lets running requests end."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            timeout_graceful_shutdown=settings.shutdown_seconds,
            # Our own logging is set up already, and every request is logged by our own middleware.
            log_config=None,
            access_log=False,
            server_header=False,
        )
    )
