"""Starts the service."""

import os
import sys

from . import SERVICE
from .app import create_app
from .logs import configure_logging
from .server import build_server
from .settings import load_settings


def main() -> None:
    settings = load_settings()
    configure_logging(settings, sys.stdout)
    os.environ.setdefault("OTEL_SERVICE_NAME", SERVICE)
    # The names of attributes that the server's spans have too.
    os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http,database")
    build_server(create_app(settings), settings).run()


if __name__ == "__main__":
    main()
