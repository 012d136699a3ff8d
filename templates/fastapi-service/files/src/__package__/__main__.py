"""Starts the service."""

from gennet_service_kit.server import serve

from . import SERVICE
from .app import create_app
from .settings import Settings


def main() -> None:
    serve(create_app, Settings, name=SERVICE)


if __name__ == "__main__":
    main()
