"""What clients see of a server behind a door."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from gennet_service_kit.testing.door import Door
from gennet_service_kit.testing.server_process import HOST, free_port

pytestmark = pytest.mark.anyio


@pytest.fixture
async def echo() -> AsyncIterator[int]:
    """The port of a server that sends back each line."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line)
        writer.close()

    async with await asyncio.start_server(answer, HOST, 0) as server:
        yield server.sockets[0].getsockname()[1]


async def test_a_held_door_passes_nothing_on_until_it_is_released(echo: int) -> None:
    door = Door(HOST, echo)
    await door.open()
    reader, writer = await asyncio.open_connection(HOST, door.port)
    writer.write(b"one\n")
    assert await reader.readline() == b"one\n"

    door.hold()
    writer.write(b"two\n")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.readline(), 0.1)
    door.release()

    assert await reader.readline() == b"two\n"
    await door.shut()
    assert await reader.read() == b""
    writer.close()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(HOST, door.port)


async def test_a_server_that_is_not_there_closes_the_connections_of_its_door() -> None:
    door = Door(HOST, free_port())
    await door.open()

    reader, writer = await asyncio.open_connection(HOST, door.port)

    assert await reader.read() == b""
    writer.close()
    await door.shut()
