"""The connections to Redis, from when it is reached to when it is lost."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, ResponseError

from .commands import Commands
from .connection import Command, PipelinedConnection
from .errors import LOST
from .patience import done_within, finish
from .settings import RedisSettings
from .values import decode, encode, new_token

PROBE = "reached"
"""A key like any other: what a session does with it, a cache may do with every key."""
PROBE_SECONDS = 1.0


class Session:
    """Some connections for commands, and one that is subscribed to dropped keys, of one server.

    They are lost together: a replica that misses a message, or cannot send one, is not coherent.
    """

    def __init__(self, settings: RedisSettings, dropped: Callable[[str], None]) -> None:
        """Calls `dropped` with every key that any replica drops."""
        self.full = False
        """Whether Redis has no memory left for values, by its last answer to a heartbeat."""
        self._settings = settings
        self._commands = Commands(settings)
        self._dropped = dropped
        loop = asyncio.get_running_loop()
        self._lost: asyncio.Future[Exception] = loop.create_future()
        self._expected: dict[bytes, asyncio.Future[None]] = {}
        self._subscribed = PipelinedConnection(settings, broken=self.lose, received=self._published)
        self._connections = [
            PipelinedConnection(settings, broken=self.lose) for _ in range(settings.connections - 1)
        ]

    async def open(self) -> None:
        """Connects, and makes sure that everything works. Raises RedisError or OSError."""
        await together(self._subscribe(), *(each.open() for each in self._connections))
        await together(*map(self._prove, self._connections))

    async def close(self) -> None:
        """Returns when all connections are closed."""
        connections = (self._subscribed, *self._connections)
        await finish(asyncio.gather(*(each.close() for each in connections)))

    async def ask(self, *commands: Command, patient: bool = False) -> list[bytes | None]:
        """Sends commands by the connection with the fewest that wait; raises what that raises."""
        connection = min(self._connections, key=lambda each: each.waiting)
        return await connection.ask(*commands, patient=patient)

    def lose(self, error: Exception) -> None:
        """Ends the session: `watch` returns."""
        if not self._lost.done():
            self._lost.set_result(error)

    async def watch(self) -> Exception:
        """Returns why the session is lost, as soon as it is."""
        while not self._lost.done():
            await asyncio.wait([self._lost], timeout=self._settings.heartbeat_seconds)
            if not self._lost.done():
                await self._beat()
        return self._lost.result()

    async def _beat(self) -> None:
        lease = self._commands.lease(PROBE, new_token(), PROBE_SECONDS)
        try:
            await self._subscribed.ask(("PING",), patient=True)
            for connection in self._connections:
                self._take(await connection.ask_all(lease, patient=True))
        except LOST as error:
            self.lose(error)

    async def _subscribe(self) -> None:
        await self._subscribed.open()
        await self._subscribed.ask(self._commands.subscribe())

    async def _prove(self, connection: PipelinedConnection) -> None:
        """Runs every command once, so that what is not allowed or not possible shows here.

        It ends when the message that it publishes arrives: then this connection and the subscribed
        one lead to the same server.
        """
        token = new_token()
        arrived = self._expected[encode(token)] = asyncio.get_running_loop().create_future()
        delete, _ = self._commands.drop(PROBE)
        lease = self._commands.lease(PROBE, token, PROBE_SECONDS)
        # Of another token: it stores nothing.
        store = self._commands.store(PROBE, new_token(), b"", PROBE_SECONDS)
        publish = self._commands.publish(token)
        self._take(await connection.ask_all(delete, lease, store, publish, patient=True))
        if not await done_within(self._settings.response_seconds, arrived):
            raise RedisConnectionError("a published message did not arrive")

    def _take(self, answers: list[Any]) -> None:
        """Raises the first error but one: a Redis that is full can be used for what it has."""
        self.full = False
        for answer in answers:
            if isinstance(answer, OutOfMemoryError):
                self.full = True
            elif isinstance(answer, ResponseError):
                raise answer

    def _published(self, data: bytes) -> None:
        arrived = self._expected.pop(data, None)
        if arrived is not None and not arrived.done():
            arrived.set_result(None)
        # What is no text is no key of a cache.
        with suppress(UnicodeDecodeError):
            self._dropped(decode(data))


async def together(*parts: Coroutine[None, None, None]) -> None:
    """Returns when all of them have ended. Raises the first error."""
    for outcome in await asyncio.gather(*parts, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
