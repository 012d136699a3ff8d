"""The connections to Redis, from when it is reached to when it is lost."""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from contextlib import suppress
from itertools import chain
from typing import Any

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, ResponseError

from .commands import Commands, Past
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

    def __init__(
        self,
        settings: RedisSettings,
        replica: str,
        past: Past | None = None,
        *,
        dropped: Callable[[str], None] = lambda _: None,
        raised: Callable[[], None] = lambda: None,
    ) -> None:
        """Calls `dropped` with every key that any replica drops, and `raised` in a new epoch."""
        self.full = False
        """Whether Redis has no memory left for values, by its last answer to a heartbeat."""
        self._settings = settings
        self.history: str | None = None
        """Identifies the server's data, once the replica is present there."""
        self.commands = Commands(settings)
        """Those of the present epoch."""
        self._replica = replica
        self._past = past
        self._is_present = False
        self._dropped = dropped
        self._raised = raised
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
        # Last: a replica whose sessions fail to open must not look as if it died each time.
        await self.appear()

    async def close(self) -> None:
        """Returns when all connections are closed."""
        connections = (self._subscribed, *self._connections)
        await finish(asyncio.gather(*(each.close() for each in connections)))

    async def ask(self, *commands: Command, patient: bool = False) -> list[bytes | None]:
        """Sends commands by the connection with the fewest that wait; raises what that raises."""
        connection = min(self._connections, key=lambda each: each.waiting)
        return await connection.ask(*commands, patient=patient)

    async def appear(self, *, raising: bool = False) -> None:
        """Makes the replica present, and reads the epoch; begins a new one if `raising`.

        Until it leaves, its silence means that it may have died before its drops.
        """
        self._is_present, self.commands.epoch = True, ""
        epoch = await self._greet(raising=raising)
        # The message of a later epoch may have come before this answer.
        self.commands.epoch = self.commands.epoch or epoch

    async def leave(self) -> None:
        """Makes the replica absent, after its last drop. Raises what `ask` raises."""
        if self._is_present:
            self._is_present = False
            # On the connection of the heartbeats: one that was sent before would undo it.
            await self._connections[0].ask(self.commands.absent(self._replica))

    async def drop(self, keys: Collection[str]) -> None:
        """Deletes the values and leases of the keys; returns when the present epoch has none."""
        epoch = self.commands.epoch
        while True:
            drops = chain.from_iterable(self.commands.drop(key, epoch) for key in keys)
            answers = await self.ask(*drops, self.commands.read_epoch(), patient=True)
            if answers[-1] is None or decode(answers[-1]) == epoch:
                return
            # Its message has yet to arrive.
            epoch = decode(answers[-1])

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
        lease = self.commands.lease(PROBE, new_token(), PROBE_SECONDS)
        try:
            before = self.commands.epoch
            epoch = await self._greet()
            await self._subscribed.ask(("PING",), patient=True)
            # Redis sent the message of this epoch before it answered the PING.
            if self.commands.epoch == before != epoch:
                raise RedisConnectionError("a published epoch did not arrive")
            for connection in self._connections:
                self._take(await connection.ask_all(lease, patient=True))
        except LOST as error:
            self.lose(error)

    async def _greet(self, *, raising: bool = False) -> str:
        present = self.commands.present(self._replica, self._past, raising=raising)
        [[epoch, history]] = await self._connections[0].ask(present, patient=True)
        self._past, self.history = None, decode(history)
        return decode(epoch)

    async def _subscribe(self) -> None:
        await self._subscribed.open()
        await self._subscribed.ask(*self.commands.subscribe())

    async def _prove(self, connection: PipelinedConnection) -> None:
        """Runs every command once, so that what is not allowed or not possible shows here.

        It ends when the message that it publishes arrives: then this connection and the subscribed
        one lead to the same server.
        """
        token = new_token()
        arrived = self._expected[encode(token)] = asyncio.get_running_loop().create_future()
        delete, _ = self.commands.drop(PROBE, self.commands.epoch)
        lease = self.commands.lease(PROBE, token, PROBE_SECONDS)
        # Of another token: it stores nothing.
        store = self.commands.store(PROBE, new_token(), b"", PROBE_SECONDS)
        publish = self.commands.publish(token)
        # Of no replica: it deletes nothing.
        others = (self.commands.absent(token), self.commands.read_epoch(), self.commands.history())
        commands = (delete, lease, store, *others, publish)
        self._take(await connection.ask_all(*commands, patient=True))
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

    def _published(self, channel: bytes, data: bytes) -> None:
        arrived = self._expected.pop(data, None)
        if arrived is not None and not arrived.done():
            arrived.set_result(None)
        # What is no text is neither a key of a cache nor an epoch.
        with suppress(UnicodeDecodeError):
            if channel == self.commands.raised:
                self._begin(decode(data))
            else:
                self._dropped(decode(data))

    def _begin(self, epoch: str) -> None:
        if epoch != self.commands.epoch:
            self.commands.epoch = epoch
            self._raised()


async def together(*parts: Coroutine[None, None, None]) -> None:
    """Returns when all of them have ended. Raises the first error."""
    for outcome in await asyncio.gather(*parts, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
