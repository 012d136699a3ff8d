"""The connections to Redis, from when it is reached to when it is lost."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, ResponseError

from .commands import Commands
from .errors import LOST
from .patience import done_within, finish
from .settings import RedisSettings
from .values import decode, encode, new_token
from .wire import Command, Wire

PROBE = "reached"
"""A key like any other: what a session does with it, a cache may do with every key."""
PROBE_SECONDS = 1.0


class Session:
    """A few wires for commands and one that hears of dropped keys, all of one server.

    They are lost together: what is published while one of them is broken may not be heard.
    """

    def __init__(self, settings: RedisSettings, hear: Callable[[str], None]) -> None:
        """Calls `hear` with every key that any replica drops."""
        self.full = False
        """Whether Redis has no memory left for values, by its last answer to a heartbeat."""
        self._settings = settings
        self._commands = Commands(settings)
        self._hear = hear
        loop = asyncio.get_running_loop()
        self._lost: asyncio.Future[Exception] = loop.create_future()
        self._expected: dict[bytes, asyncio.Future[None]] = {}
        self._listening = Wire(settings, broken=self.lose, hear=self._published)
        self._wires = [Wire(settings, broken=self.lose) for _ in range(settings.connections - 1)]

    async def open(self) -> None:
        """Connects, and makes sure that everything works. Raises RedisError or OSError."""
        await together(self._subscribe(), *(wire.open() for wire in self._wires))
        await together(*map(self._prove, self._wires))

    async def close(self) -> None:
        """Returns when all connections are closed."""
        wires = (self._listening, *self._wires)
        await finish(asyncio.gather(*(wire.close() for wire in wires)))

    async def ask(self, *commands: Command, patient: bool = False) -> list[bytes | None]:
        """Sends commands by the wire with the fewest that wait, as Wire.ask."""
        wire = min(self._wires, key=lambda wire: wire.waiting)
        return await wire.ask(*commands, patient=patient)

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
            await self._listening.ask(("PING",), patient=True)
            for wire in self._wires:
                self._take(await wire.ask_all(lease, patient=True))
        except LOST as error:
            self.lose(error)

    async def _subscribe(self) -> None:
        await self._listening.open()
        await self._listening.ask(self._commands.subscribe())

    async def _prove(self, wire: Wire) -> None:
        """Runs every command once, so that what is not allowed or not possible shows here.

        It ends with hearing what it published: then this wire and the listening one lead to the
        same server.
        """
        token = new_token()
        heard = self._expected[encode(token)] = asyncio.get_running_loop().create_future()
        delete, _ = self._commands.drop(PROBE)
        lease = self._commands.lease(PROBE, token, PROBE_SECONDS)
        # Of another token: it stores nothing.
        store = self._commands.store(PROBE, new_token(), b"", PROBE_SECONDS)
        publish = self._commands.publish(token)
        self._take(await wire.ask_all(delete, lease, store, publish, patient=True))
        if not await done_within(self._settings.response_seconds, heard):
            raise RedisConnectionError("nothing is heard of what is published")

    def _take(self, answers: list[Any]) -> None:
        """Raises the first error but one: a Redis that is full can be used for what it has."""
        self.full = False
        for answer in answers:
            if isinstance(answer, OutOfMemoryError):
                self.full = True
            elif isinstance(answer, ResponseError):
                raise answer

    def _published(self, data: bytes) -> None:
        heard = self._expected.pop(data, None)
        if heard is not None and not heard.done():
            heard.set_result(None)
        # What is no text is no key of a cache.
        with suppress(UnicodeDecodeError):
            self._hear(decode(data))


async def together(*parts: Coroutine[None, None, None]) -> None:
    """Returns when all of them have ended. Raises the first error."""
    for outcome in await asyncio.gather(*parts, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
