import asyncio
import random
from functools import partial
from typing import NoReturn

from opentelemetry.instrumentation.utils import suppress_instrumentation
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from .near import NearCache
from .settings import RedisSettings
from .shared import SharedCache, nothing


class Listener:
    """Hears which keys were dropped, by whichever replica, and drops them near as well.

    Redis keeps no message for who is not there: so the near cache is open only while we listen.
    """

    def __init__(
        self, redis: Redis, shared: SharedCache, near: NearCache, settings: RedisSettings
    ) -> None:
        self._redis = redis
        self._shared = shared
        self._near = near
        self._settings = settings
        self._wait = settings.first_wait_seconds

    async def run(self) -> None:
        while True:
            try:
                with suppress_instrumentation():
                    await self._listen()
            except Exception as error:
                self._shared.when_lost = nothing
                self._shared.lose(error)
            finally:
                self._near.close()
            await asyncio.sleep(self._wait * random.uniform(0.5, 1))  # noqa: S311
            self._wait = min(2 * self._wait, self._settings.longest_wait_seconds)

    async def _listen(self) -> None:
        """Ends by an exception, when it hears nothing or Redis is lost to anyone here."""
        async with self._redis.pubsub() as subscription, asyncio.timeout(None) as listening:
            await subscription.subscribe(self._shared.channel)
            message = await subscription.get_message(timeout=self._settings.response_seconds)
            if message is None:
                raise TimeoutError("no answer to SUBSCRIBE")
            await self._shared.recover()
            self._shared.when_lost = partial(listening.reschedule, 0)
            self._near.open()
            self._wait = self._settings.first_wait_seconds
            await self._hear(subscription)

    async def _hear(self, subscription: PubSub) -> NoReturn:
        asked = False
        while True:
            message = await subscription.get_message(timeout=self._settings.heartbeat_seconds)
            if message is None:
                if asked:
                    raise TimeoutError("no answer to PING")
                await subscription.ping()
            elif message["type"] == "message":
                self._near.drop(message["data"])
            elif message["type"] == "subscribe":
                raise ConnectionError("the subscription was broken")
            asked = message is None
