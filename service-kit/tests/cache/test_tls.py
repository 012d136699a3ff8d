"""A real handshake: what is behind the door is Redis, what is spoken outside is TLS."""

from pathlib import Path

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from gennet_service_kit.cache.settings import RedisSettings
from gennet_service_kit.testing.certificates import Authority
from gennet_service_kit.testing.door import Door
from gennet_service_kit.testing.server_process import HOST

from .conftest import session_of

pytestmark = pytest.mark.anyio


async def open_session(settings: RedisSettings, authority: Authority, name: str) -> None:
    """By TLS, with a server that has a certificate for that name."""
    door = Door(settings.host, settings.port, authority.serving(name))
    await door.open()
    try:
        there = settings.model_copy(update={"host": HOST, "port": door.port, "tls": True})
        async with session_of(there) as session:
            assert await session.ask(("GET", f"{settings.prefix}:nothing")) == [None]
    finally:
        await door.shut()


async def test_a_server_of_a_trusted_authority_is_used(
    redis_settings: RedisSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))

    await open_session(redis_settings, authority, HOST)


@pytest.mark.parametrize(("name", "trusted"), [(HOST, False), ("other.example", True)])
async def test_any_other_is_refused(
    redis_settings: RedisSettings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    trusted: bool,
) -> None:
    authority = Authority(tmp_path)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))

    with pytest.raises(RedisConnectionError, match="certificate verify failed"):
        await open_session(redis_settings, authority, name)
