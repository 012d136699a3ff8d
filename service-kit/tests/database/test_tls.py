"""A real handshake: PostgreSQL is behind a proxy that speaks TLS with its clients."""

import asyncio
import ssl
from pathlib import Path

import pytest
from pydantic import SecretStr

from gennet_service_kit.database.connections import Database
from gennet_service_kit.database.probe import CheckFailedError
from gennet_service_kit.database.settings import PostgresSettings
from gennet_service_kit.database.tls import tls_of
from gennet_service_kit.testing.certificates import Authority
from gennet_service_kit.testing.door import Door
from gennet_service_kit.testing.server_process import HOST

from .statements import process_id

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
            # The client refused the certificate.
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
            assert await process_id(database)
    finally:
        await door.shut()


async def test_a_server_of_a_trusted_authority_is_used(
    shared_postgres: PostgresSettings, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    trusting = shared_postgres.model_copy(update={"ca_file": authority.file})

    await ask(trusting, authority.serving(HOST))


@pytest.mark.parametrize(("name", "trusted"), [(HOST, False), ("other.example", True)])
async def test_any_other_server_is_refused(
    shared_postgres: PostgresSettings, tmp_path: Path, name: str, trusted: bool
) -> None:
    authority = Authority(tmp_path)
    if trusted:
        shared_postgres = shared_postgres.model_copy(update={"ca_file": authority.file})

    with pytest.raises(CheckFailedError, match=r"certificate refused.*APP_POSTGRES__CA_FILE"):
        await ask(shared_postgres, authority.serving(name))


async def test_a_certificate_may_have_one_of_several_names_in_place_of_the_host(
    shared_postgres: PostgresSettings, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    update = {"ca_file": authority.file, "tls_names": "one.example two.example"}
    either = shared_postgres.model_copy(update=update)

    await ask(either, authority.serving("two.example"))
    for name in (HOST, "one.example.evil.example"):
        with pytest.raises(CheckFailedError, match="certificate refused"):
            await ask(either, authority.serving(name))


async def test_a_name_is_not_enough_without_the_authority(
    shared_postgres: PostgresSettings, tmp_path: Path
) -> None:
    named = shared_postgres.model_copy(update={"tls_names": "one.example"})

    with pytest.raises(CheckFailedError, match="certificate refused"):
        await ask(named, Authority(tmp_path).serving("one.example"))


def test_by_default_the_certificate_and_the_name_of_the_server_are_checked() -> None:
    password = SecretStr("mine")
    settings = PostgresSettings(database="orders", owner="orders", user="me", password=password)

    context = tls_of(settings)

    assert isinstance(context, ssl.SSLContext)
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)
