"""A real handshake: what is behind the door is Redis, what is spoken outside is TLS."""

from pathlib import Path

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from <%= it.package %>.cache.connection import connect
from <%= it.package %>.cache.settings import (
    RedisSettings,
)

from ..stores.certificates import Authority
from ..stores.door import Door
from ..stores.server_process import HOST

pytestmark = pytest.mark.anyio


async def ask(settings: RedisSettings, authority: Authority, name: str) -> None:
    """By TLS, of a server with a certificate for that name."""
    door = Door(settings.host, settings.port, authority.serving(name))
    await door.open()
    try:
        there = settings.model_copy(update={"host": HOST, "port": door.port, "tls": True})
        async with connect(there) as redis:
            assert await redis.get("nothing") is None
    finally:
        await door.shut()


async def test_a_server_of_a_trusted_authority_is_talked_to(
    redis_settings: RedisSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))

    await ask(redis_settings, authority, HOST)


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
        await ask(redis_settings, authority, name)
