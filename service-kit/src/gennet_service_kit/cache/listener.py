"""Keeps a session with Redis, as long as there is a Redis."""

import asyncio
import random
import time
from uuid import uuid4

from ..clock import Clock
from .commands import Past
from .near import NearCache
from .patience import finish
from .session import Session
from .settings import RedisSettings
from .shared import SharedCache


class Listener:
    """Drops the keys from the near cache that any replica drops.

    Redis keeps no message for a replica that is not subscribed: so the near cache is open only
    while a session lasts.
    """

    def __init__(
        self,
        shared: SharedCache,
        near: NearCache,
        settings: RedisSettings,
        clock: Clock = time.monotonic,
    ) -> None:
        self._shared = shared
        self._near = near
        self._settings = settings
        self._clock = clock
        self._replica = uuid4().hex
        self._past: Past | None = None

    async def run(self) -> None:
        """Begins a session again whenever one is lost; never returns."""
        wait = self._settings.first_wait_seconds
        while True:
            began = self._clock()
            try:
                error = await self._listen()
            # A bug would otherwise leave this replica without a cache until it is restarted.
            except Exception as failure:
                error = failure
            self._shared.lose(error)
            if self._clock() - began > self._settings.longest_wait_seconds:
                wait = self._settings.first_wait_seconds
            await asyncio.sleep(wait * random.uniform(0.5, 1))  # noqa: S311  (no secret)
            wait = min(2 * wait, self._settings.longest_wait_seconds)

    async def _listen(self) -> Exception:
        """Returns why a session was lost. Raises what prevented it."""
        session = Session(
            self._settings,
            self._replica,
            self._past,
            dropped=self._near.drop,
            raised=self._near.forget,
        )
        try:
            await session.open()
            await self._shared.join(session)
            self._near.open()
            return await session.watch()
        except asyncio.CancelledError:
            await finish(asyncio.ensure_future(self._shared.leave(session)))
            raise
        finally:
            self._near.close()
            if session.history is not None:
                self._past = Past(session.history, time.monotonic())
            await session.close()
