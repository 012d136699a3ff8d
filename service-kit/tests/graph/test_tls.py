"""A real handshake: what is behind the door is Neo4j, what is spoken outside is TLS."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from neo4j.exceptions import ServiceUnavailable

from gennet_service_kit.graph.connection import connect
from gennet_service_kit.graph.settings import Neo4jSettings
from gennet_service_kit.testing.certificates import Authority
from gennet_service_kit.testing.door import Door
from gennet_service_kit.testing.server_process import HOST

pytestmark = pytest.mark.anyio


async def ask(settings: Neo4jSettings, authority: Authority, name: str) -> None:
    """Asks by TLS a server with a certificate for that name."""
    behind = urlsplit(settings.uri)
    door = Door(str(behind.hostname), behind.port or 7687, authority.serving(name))
    await door.open()
    try:
        # Not neo4j://, by which the server would name its own address.
        there = settings.model_copy(update={"uri": f"bolt+s://{HOST}:{door.port}"})
        async with connect(there, 1) as driver:
            await driver.verify_connectivity()
    finally:
        await door.shut()


async def test_a_server_of_a_trusted_authority_is_used(
    neo4j_settings: Neo4jSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))

    await ask(neo4j_settings, authority, HOST)


@pytest.mark.parametrize(("name", "trusted"), [(HOST, False), ("other.example", True)])
async def test_any_other_server_is_refused(
    neo4j_settings: Neo4jSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    trusted: bool,
) -> None:
    authority = Authority(tmp_path)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))

    with pytest.raises(ServiceUnavailable, match="SSLCertVerificationError"):
        await ask(neo4j_settings, authority, name)
