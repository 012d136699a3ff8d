"""Starts the service."""

import os
import sys

from pydantic import ValidationError

from . import SERVICE
from .app import create_app
from .logs import configure_logging
from .server import build_server
from .settings import Settings, explain


def main() -> None:
    try:
        settings = Settings()
    except ValidationError as error:
        raise SystemExit(explain(error)) from None
    configure_logging(settings, sys.stdout)
    os.environ.setdefault("OTEL_SERVICE_NAME", SERVICE)
<% if (it.depends_on.length > 0) { -%>
    # The names of attributes that the server's spans have too.
    os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http")
<% } -%>
    build_server(create_app(settings), settings).run()


if __name__ == "__main__":
    main()
