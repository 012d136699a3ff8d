"""Values in Redis, which all replicas see."""

import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from itertools import islice
from typing import TypeVar

import structlog
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError

from .errors import (
    LOST,
    BusyError,
    CacheFullError,
    CacheUnreachableError,
    concerns_a_key,
    is_foreign,
    reason,
)
from .session import Session
from .settings import RedisSettings
from .spans import command_span
from .values import LEASE, Lease, decode, encode, is_storable, new_token

DROPS_AT_A_TIME = 500

Answer = TypeVar("Answer")

log = structlog.stdlib.get_logger(__name__)


class SharedCache:
    """Values in Redis, while a session with it lasts.

    A reader that finds no value leaves a lease in its place, and stores what it loaded only where
    that lease still is. A writer deletes whatever is there after its change: so what was loaded
    before the change is never stored after it. (Leases: Nishtala et al., Scaling Memcache at
    Facebook, NSDI 2013, section 3.2.1.)

    A replica may die before that, and Redis may lose what it deleted. So values belong to an epoch,
    and a new one begins when a replica falls silent that has not left, or the server is another one
    (see `commands`). A replica that has not heard of it finds out as it drops a value.

    Without a session nothing is asked of Redis, and nothing waits for it.
    """

    def __init__(
        self,
        settings: RedisSettings,
        when_lost: Callable[[], None] = lambda: None,
        *,
        remembered_drops: int = 10_000,
    ) -> None:
        """Calls `when_lost` when drops of other replicas may not arrive any more."""
        self.reachable: bool | None = None
        """None: not tried yet."""
        self._settings = settings
        self._when_lost = when_lost
        self._remembered_drops = remembered_drops
        self._session: Session | None = None
        self._reason = "not reached yet"
        # Redis may still have the values of these: it has not confirmed that they are dropped.
        self._unconfirmed: dict[str, object] = {}
        # How many drops were too many to remember.
        self._forgotten = 0

    def check(self) -> None:
        """Raises CacheUnreachableError or CacheFullError when values are not stored."""
        if self._session is None:
            raise CacheUnreachableError(self._reason)
        if self._session.full:
            raise CacheFullError("Redis has no memory left for values")

    async def look_up(self, key: str) -> str | Lease | None:
        """Returns the value, or the lease to store it with, or None where Redis gives neither."""
        if key in self._unconfirmed:
            return None
        token = new_token()
        try:
            try:
                seconds = self._settings.lease_seconds
                [found] = await self._ask(
                    "SET", lambda session: session.ask(session.commands.lease(key, token, seconds))
                )
                if found is None:
                    return Lease(key, token)
            except OutOfMemoryError:
                [found] = await self._ask(
                    "GET", lambda session: session.ask(session.commands.read(key))
                )
                if found is None:
                    return None
            text = decode(found)
        except BusyError:
            return None
        except (UnicodeDecodeError, *LOST) as error:
            if is_foreign(error):
                await self.drop(key)
            return None
        return Lease(key, text) if text.startswith(LEASE) else text

    async def store(self, lease: Lease, value: str) -> None:
        """Stores what was loaded, unless the key was dropped meanwhile."""
        if not is_storable(value, self._settings.max_value_bytes):
            return
        shorter = random.uniform(0, self._settings.ttl_jitter)  # noqa: S311  (no secret)
        seconds = self._settings.ttl_seconds * (1 - shorter)
        data = encode(value)

        async def store(session: Session) -> None:
            # Where a new epoch has begun, its key does not have the token.
            await session.ask(session.commands.store(lease.key, lease.token, data, seconds))

        with suppress(BusyError, *LOST):
            await self._ask("EVAL", store)

    async def drop(self, key: str) -> None:
        """Deletes the value or lease for all replicas; later, where Redis is unreachable."""
        if len(self._unconfirmed) >= self._remembered_drops:
            del self._unconfirmed[next(iter(self._unconfirmed))]
            self._forgotten += 1
        drop = self._unconfirmed[key] = object()
        with suppress(*LOST):
            await self._ask("DEL", lambda session: session.drop([key]))
            self._confirm({key: drop})

    async def join(self, session: Session) -> None:
        """Uses the session from now on; drops there first what could not be dropped.

        Raises RedisError or OSError.
        """
        while self._forgotten:
            drops, forgotten = dict(self._unconfirmed), self._forgotten
            await session.appear(raising=True)
            self._confirm(drops)
            self._forgotten -= forgotten
        while self._unconfirmed:
            drops = dict(islice(self._unconfirmed.items(), DROPS_AT_A_TIME))
            await session.drop(drops)
            self._confirm(drops)
        if self.reachable is False:
            log.info("cache reachable again")
        self.reachable = True
        self._session = session

    async def leave(self, session: Session) -> None:
        """Leaves the session. With drops left to do it stays present there.

        Its silence makes the other replicas begin a new epoch, without the values it should drop.
        """
        if not self._unconfirmed and not self._forgotten:
            with suppress(BusyError, *LOST):
                await session.leave()

    def lose(self, error: Exception) -> None:
        """Asks nothing more of Redis until there is a new session."""
        session, self._session = self._session, None
        if session is not None:
            session.lose(error)
        before, self._reason = self._reason, reason(error)
        if self.reachable is not False:
            self.reachable = False
            self._when_lost()
            log.warning("cache unreachable", error=self._reason)
        elif self._reason != before:
            log.info("cache still unreachable", error=self._reason)

    async def _ask(self, name: str, ask: Callable[[Session], Awaitable[Answer]]) -> Answer:
        session = self._session
        if session is None:
            raise RedisConnectionError(self._reason)
        with command_span(name, self._settings):
            try:
                return await ask(session)
            except LOST as error:
                # An error of an earlier session does not concern this one.
                if session is self._session and not concerns_a_key(error):
                    self.lose(error)
                raise

    def _confirm(self, drops: Mapping[str, object]) -> None:
        for key, drop in drops.items():
            # There may have been another change meanwhile.
            if self._unconfirmed.get(key) is drop:
                del self._unconfirmed[key]
