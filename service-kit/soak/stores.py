"""The stores of the service, and what happens to them."""

import asyncio
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
from neo4j import AsyncGraphDatabase
from neo4j.exceptions import Neo4jError
from redis.asyncio import Redis

from gennet_service_kit.database.settings import PostgresSettings
from gennet_service_kit.testing import neo4j, postgres, redis
from gennet_service_kit.testing.postgres_server import PostgresServer, own_server
from gennet_service_kit.testing.server_process import HOST, ServerProcess

SLOTS = 40
"""The connections that PostgreSQL and Neo4j take at most."""
# What was acknowledged must survive the end of the server's processes, though not the machine's.
DURABLE = ["-c", "fsync=off", "-c", f"max_connections={SLOTS}"]


class Store(ABC):
    """A server that can be killed, paused and filled, and brought back."""

    name: str
    required: bool
    """Whether the service is not ready without it."""
    variables: dict[str, str]

    def __init__(self) -> None:
        self._held = AsyncExitStack()

    @abstractmethod
    async def kill(self) -> None:
        """Ends it as a crash does."""

    @abstractmethod
    async def start(self) -> None:
        """Starts it again after `kill`."""

    @abstractmethod
    def pause(self) -> None:
        """Makes it hang."""

    @abstractmethod
    def resume(self) -> None:
        """Lets it go on after `pause`."""

    @abstractmethod
    async def fill(self) -> None:
        """Takes all that it has to give."""

    async def empty(self) -> None:
        """Gives back what `fill` took."""
        await self._held.aclose()


class Postgres(Store):
    """PostgreSQL; it is filled by others who take all its connections, those of the service too."""

    name, required = "postgres", True

    def __init__(self, server: PostgresServer, settings: PostgresSettings) -> None:
        super().__init__()
        self._server = server
        self._settings = settings
        self.variables = postgres.variables_of(settings)

    async def kill(self) -> None:
        await asyncio.to_thread(self._server.kill)

    async def start(self) -> None:
        await asyncio.to_thread(self._server.process.start)

    def pause(self) -> None:
        self._server.pause()

    def resume(self) -> None:
        self._server.resume()

    async def fill(self) -> None:
        url = self._server.administrator
        administrator = await asyncpg.connect(
            host=url.host, port=url.port, user=url.username, password=url.password
        )
        try:
            while await self._take_slot():
                pass
            # Those that the service has are taken when they are free for a moment.
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            whose = "WHERE usename = $1 AND application_name <> 'crowd'"
            await administrator.fetch(ended + whose, self._settings.user)
            while await self._take_slot():
                pass
        finally:
            await administrator.close()

    async def _take_slot(self) -> bool:
        settings = self._settings
        try:
            connection = await asyncpg.connect(
                host=settings.host,
                port=settings.port,
                user=settings.user,
                password=settings.password.get_secret_value(),
                database=settings.database,
                server_settings={"application_name": "crowd"},
            )
        except asyncpg.TooManyConnectionsError:
            return False
        self._held.push_async_callback(connection.close)
        return True


class ProcessStore(Store):
    """A store that is one process."""

    def __init__(self, server: ServerProcess) -> None:
        super().__init__()
        self._server = server

    async def kill(self) -> None:
        await asyncio.to_thread(self._server.kill)

    async def start(self) -> None:
        await asyncio.to_thread(self._server.start)

    def pause(self) -> None:
        self._server.pause()

    def resume(self) -> None:
        self._server.resume()


class Cache(ProcessStore):
    """Redis; it is filled by the limit of its memory."""

    name, required = "redis", False

    def __init__(self, server: ServerProcess) -> None:
        super().__init__(server)
        self.variables = redis.variables_of(f"redis://{HOST}:{server.port}")

    async def fill(self) -> None:
        await self._limit("1")
        self._held.push_async_callback(self._limit, "0")

    async def _limit(self, maxmemory: str) -> None:
        async with Redis(host=HOST, port=self._server.port) as client:
            await client.config_set("maxmemory", maxmemory)


class Graph(ProcessStore):
    """Neo4j; it is filled by others who keep as many transactions open as it has threads."""

    name, required = "neo4j", False

    def __init__(self, server: ServerProcess, password: str) -> None:
        super().__init__(server)
        self._login = ("neo4j", password)
        self._url = f"bolt://{HOST}:{server.port}"
        self.variables = neo4j.variables_of(f"neo4j://neo4j:{password}@{HOST}:{server.port}")

    async def fill(self) -> None:
        driver = AsyncGraphDatabase.driver(
            self._url, auth=self._login, max_connection_pool_size=2 * SLOTS
        )
        await self._held.enter_async_context(driver)
        for _ in range(SLOTS):
            session = await self._held.enter_async_context(driver.session())
            try:
                transaction = await session.begin_transaction(timeout=600)
                await (await transaction.run("RETURN 1")).consume()
            except Neo4jError as error:
                if error.code != "Neo.TransientError.Request.NoThreadsAvailable":
                    raise
                return
            self._held.push_async_callback(transaction.close)


@contextmanager
def running() -> Iterator[list[Store]]:
    """Yields the three stores, until the end."""
    with tempfile.TemporaryDirectory() as folder, own_server(DURABLE) as server:
        places = [Path(folder, "redis"), Path(folder, "neo4j")]
        for each in places:
            each.mkdir()
        password = "of-a-soak"  # noqa: S105  (of a server that is gone at the end)
        cache = redis.redis_process(places[0])
        graph = neo4j.neo4j_process(places[1], password, bolt_threads=SLOTS)
        platform = postgres.platform_on(server.administrator)
        with cache, graph, platform as made, made.database() as settings:
            yield [Postgres(server, settings), Cache(cache), Graph(graph, password)]
