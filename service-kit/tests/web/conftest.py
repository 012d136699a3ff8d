from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from gennet_service_kit.application import Service
from gennet_service_kit.testing.talking import talking_to

from .sample import create_app


@pytest.fixture
def app() -> FastAPI:
    return create_app()


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Without traces, whether or not other tests of the process have made a provider."""
    async with talking_to(app) as client:
        assert isinstance(app, Service)
        app.requests.spans = None
        yield client
