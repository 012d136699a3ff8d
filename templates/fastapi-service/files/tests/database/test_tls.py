"""A real handshake: what is behind the door is PostgreSQL, what is spoken outside is TLS."""

import asyncio
import ssl
from pathlib import Path

import pytest

from <%= it.package %>.database.connections import (
    Database,
)
from <%= it.package %>.database.settings import (
    PostgresSettings,
)

from tests.stores.certificates import Authority
from tests.stores.door import Door
from tests.stores.server_process import HOST

pytestmark = pytest.mark.anyio


class PostgresDoor(Door):
    """TLS begins when it was asked for and granted: an SSLRequest, and the letter S.

    https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL
    """

    def __init__(self, settings: PostgresSettings, tls: ssl.SSLContext) -> None:
        super().__init__(settings.host, settings.port)
        self._granted = tls

    async def _let_through(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readexactly(8)
        writer.write(b"S")
        try:
            await writer.start_tls(self._granted)
        except ConnectionError:
            # The client did not like the certificate.
            writer.close()
            return
        await super()._let_through(reader, writer)


async def ask(settings: PostgresSettings, tls: ssl.SSLContext) -> None:
    door = PostgresDoor(settings, tls)
    await door.open()
    update = {"host": HOST, "port": door.port, "tls": "verify-full"}
    try:
        async with Database(settings.model_copy(update=update)) as database:
            await database.check()
    finally:
        await door.shut()


async def test_a_server_of_a_trusted_authority_is_talked_to(
    postgres: PostgresSettings, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    trusting = postgres.model_copy(update={"ca_file": authority.file})

    await ask(trusting, authority.serving(HOST))


@pytest.mark.parametrize(("name", "trusted"), [(HOST, False), ("other.example", True)])
async def test_any_other_is_refused(
    postgres: PostgresSettings, tmp_path: Path, name: str, trusted: bool
) -> None:
    authority = Authority(tmp_path)
    if trusted:
        postgres = postgres.model_copy(update={"ca_file": authority.file})

    with pytest.raises(ssl.SSLCertVerificationError):
        await ask(postgres, authority.serving(name))
