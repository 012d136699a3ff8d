import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from gennet_service_kit.cache.connection import PipelinedConnection
from gennet_service_kit.cache.errors import LOST, BusyError
from gennet_service_kit.cache.settings import RedisSettings
from gennet_service_kit.testing.server_process import HOST

pytestmark = pytest.mark.anyio

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def connection_to(settings: RedisSettings) -> AsyncIterator[PipelinedConnection]:
    connection = PipelinedConnection(settings)
    try:
        await connection.open()
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[RedisSettings]:
    """A server that accepts any login, and answers commands with `answer`."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            words = []
            for _ in range(int(line[1:])):
                size = int((await reader.readline())[1:])
                words.append((await reader.readexactly(size + 2))[:size])
            if words[0] == b"CLIENT":
                writer.write(b"+OK\r\n")
            else:
                await answer(writer)
        writer.close()

    async with await asyncio.start_server(serve, HOST, 0) as serving:
        port = serving.sockets[0].getsockname()[1]
        yield RedisSettings(host=HOST, port=port, response_seconds=0.1)


async def test_many_commands_at_a_time_get_their_own_answers(redis_settings: RedisSettings) -> None:
    async with connection_to(redis_settings) as connection:
        answers = await asyncio.gather(*(connection.ask(("ECHO", number)) for number in range(500)))

    assert answers == [[str(number).encode()] for number in range(500)]


async def test_an_error_is_raised_for_its_command_alone(redis_settings: RedisSettings) -> None:
    async with connection_to(redis_settings) as connection:
        outcomes = await asyncio.gather(
            *(connection.ask(command) for command in [("ECHO", "a"), ("NONE",), ("ECHO", "b")]),
            return_exceptions=True,
        )

    assert outcomes[0] == [b"a"]
    assert isinstance(outcomes[1], ResponseError)
    assert outcomes[2] == [b"b"]


async def test_a_caller_that_gives_up_takes_no_answer_from_another(
    redis_settings: RedisSettings,
) -> None:
    async with connection_to(redis_settings) as connection:
        first = asyncio.create_task(connection.ask(("ECHO", "a")))
        await asyncio.sleep(0)
        first.cancel()

        assert await connection.ask(("ECHO", "b")) == [b"b"]
        assert first.cancelled()


async def test_a_server_that_answers_nothing_is_unreachable() -> None:
    async def nothing(_: asyncio.StreamWriter) -> None:
        return

    async with server(nothing) as settings, connection_to(settings) as connection:
        with pytest.raises(RedisTimeoutError, match=r"no answer within 0\.1 s"):
            await connection.ask(("ECHO", "a"), patient=True)


async def test_a_server_that_answers_slowly_is_busy() -> None:
    async def slowly(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.01)
        writer.write(b"+OK\r\n")

    async with server(slowly) as settings, connection_to(settings) as connection:
        outcomes = await asyncio.gather(
            *(connection.ask(("ECHO", "a")) for _ in range(30)), return_exceptions=True
        )
        assert {type(each) for each in outcomes} == {list, BusyError}
        assert await connection.ask(("ECHO", "a"), patient=True) == [b"OK"]


async def test_a_late_event_loop_is_no_slow_server(redis_settings: RedisSettings) -> None:
    hasty = redis_settings.model_copy(update={"response_seconds": 0.1, "connect_seconds": 0.1})

    def block() -> None:
        time.sleep(0.15)

    loop = asyncio.get_running_loop()
    loop.call_soon(block)
    async with connection_to(hasty) as connection:
        # Before it is sent, and before the answer is read.
        for turns in range(3):
            asking = asyncio.create_task(connection.ask(("ECHO", "a")))
            for _ in range(turns):
                await asyncio.sleep(0)
            block()
            assert await asking == [b"a"]


@pytest.mark.parametrize(
    "answer", [b"", b"+A", b"!\r\n", b":x\r\n", b"$3\r\nab", b"+A\r\n+B\r\n+C\r\n", b"-LOADING\r\n"]
)
async def test_a_connection_that_broke_stays_broken(answer: bytes) -> None:
    async def garble(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    reasons: list[Exception] = []
    async with server(garble) as settings:
        connection = PipelinedConnection(settings, broken=reasons.append)
        await connection.open()
        for _ in range(2):
            with pytest.raises(LOST):
                await ask_twice(connection)
        assert len(reasons) == 1
        assert connection.waiting == 0
        await connection.close()


async def ask_twice(connection: PipelinedConnection) -> None:
    await connection.ask(("ECHO", "a"), ("ECHO", "b"))
    await connection.ask(("ECHO", "c"))


async def test_closing_fails_what_waits() -> None:
    async def nothing(_: asyncio.StreamWriter) -> None:
        return

    async with server(nothing) as settings:
        connection = PipelinedConnection(settings.model_copy(update={"response_seconds": 3600}))
        await connection.open()
        asking = asyncio.create_task(connection.ask(("ECHO", "a")))
        await asyncio.sleep(0)
        await connection.close()
        with pytest.raises(RedisConnectionError, match="the connection was closed"):
            await asking


async def test_any_application_is_a_name_for_redis(redis_settings: RedisSettings) -> None:
    named = redis_settings.model_copy(update={"application": "my é\nservice"})
    async with connection_to(named) as connection:
        assert await connection.ask(("CLIENT", "GETNAME")) == [b"my---service"]
