import re

import pytest

from gennet_service_kit.settings import ServiceSettings
from gennet_service_kit.testing.talking import talking_to

from .sample import create_app

pytestmark = pytest.mark.anyio


async def test_the_page_of_the_api_loads_nothing_from_elsewhere() -> None:
    async with talking_to(create_app()) as client:
        page = await client.get("/docs")
        assert page.status_code == 200
        loaded = re.findall(r'(?:src|href)="([^"]*)"', page.text)
        assert len(loaded) == 3
        for path in loaded:
            assert path.startswith("/docs/")
            assert (await client.get(path)).status_code == 200
        assert (await client.get("/docs/passwd")).status_code == 404
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self' 'sha256-" in policy
    assert "unsafe-inline" not in policy.split("style-src")[0]


@pytest.mark.parametrize(
    "settings",
    [ServiceSettings(environment="production"), ServiceSettings(docs=False)],
)
async def test_there_is_no_page_in_production_or_where_it_is_switched_off(
    settings: ServiceSettings,
) -> None:
    async with talking_to(create_app(settings)) as client:
        assert (await client.get("/docs")).status_code == 404
        assert (await client.get("/openapi.json")).status_code == 200
