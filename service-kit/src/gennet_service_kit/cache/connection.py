"""A connection to Redis that many commands share."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from redis.asyncio import Connection, SSLConnection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from .errors import LOST, BusyError
from .patience import done_within, end
from .settings import RedisSettings

Command = tuple[str | bytes | int, ...]
"""A command with its arguments."""


class PipelinedConnection:
    """A connection on which many commands wait for their answers at a time.

    Redis answers in the order of the commands, so that no command waits for a free connection, and
    a caller that gives up takes nothing from the others. Once broken, it stays broken.
    """

    def __init__(
        self,
        settings: RedisSettings,
        *,
        broken: Callable[[Exception], None] = lambda _: None,
        received: Callable[[bytes, bytes], None] = lambda _, __: None,
    ) -> None:
        """Calls `broken` with the reason when it breaks.

        Calls `received` with the channel and the data of published messages.
        """
        self._driver = driver_connection(settings)
        self._connect_seconds = settings.connect_seconds
        self._response_seconds = settings.response_seconds
        self._broken = broken
        self._on_message = received
        self._error: Exception | None = None
        self._unsent: list[bytes] = []
        self._has_unsent = asyncio.Event()
        self._waiting: deque[asyncio.Future[object]] = deque()
        self._received = 0
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def waiting(self) -> int:
        """Returns how many commands wait for their answers."""
        return len(self._waiting)

    async def open(self) -> None:
        """Connects and logs in. Raises RedisError or OSError."""
        connecting = asyncio.ensure_future(self._driver.connect())
        try:
            if not await done_within(self._connect_seconds, connecting):
                raise RedisTimeoutError(f"no connection within {self._connect_seconds:g} s")
            connecting.result()
        except BaseException:
            await end(connecting)
            await self._driver.disconnect(nowait=True)
            raise
        self._tasks = [asyncio.create_task(self._run(each)) for each in (self._read, self._write)]

    async def close(self) -> None:
        """Returns when nothing of it is left; whatever still waits has failed."""
        self._break(RedisConnectionError("the connection was closed"))
        await end(*self._tasks)
        await self._driver.disconnect(nowait=True)

    async def ask(self, *commands: Command, patient: bool = False) -> list[Any]:
        """Sends commands and returns their answers; raises the first that is an error.

        Raises RedisError or OSError when the connection is broken, or nothing at all is answered
        within `response_seconds`; BusyError when these commands are not answered in that time,
        unless it is patient.
        """
        answers = await self.ask_all(*commands, patient=patient)
        for answer in answers:
            if isinstance(answer, ResponseError):
                raise answer
        return answers

    async def ask_all(self, *commands: Command, patient: bool = False) -> list[Any]:
        """Does the same, but returns a ResponseError like any other answer."""
        self._require_whole()
        self._unsent.extend(self._driver.pack_commands(commands))
        loop = asyncio.get_running_loop()
        answers: list[asyncio.Future[Any]] = [loop.create_future() for _ in commands]
        self._waiting.extend(answers)
        self._has_unsent.set()
        received = self._received
        while not await done_within(self._response_seconds, answers[-1]):
            if self._received == received:
                raise RedisTimeoutError(f"no answer within {self._response_seconds:g} s")
            if not patient:
                raise BusyError
            received = self._received
        self._require_whole()
        return [answer.result() for answer in answers]

    def _require_whole(self) -> None:
        if self._error is not None:
            # Without what it has collected where other callers raised it.
            raise self._error.with_traceback(None)

    async def _run(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except LOST as error:
            self._break(error)
        # Parsers and transports raise others, too; they are no bugs of the callers.
        except Exception as error:
            self._break(RedisConnectionError(f"the connection failed: {type(error).__name__}"))

    async def _write(self) -> None:
        while True:
            await self._has_unsent.wait()
            self._has_unsent.clear()
            unsent, self._unsent = self._unsent, []
            # It would connect again, and answers would be read as those of other commands.
            if not self._driver.is_connected:
                raise RedisConnectionError("the connection was closed by the server")
            await self._driver.send_packed_command(unsent, check_health=False)

    async def _read(self) -> None:
        while True:
            try:
                answer = await self._driver.read_response(disable_decoding=True)
            except ResponseError as error:
                answer = error
            self._received += 1
            if isinstance(answer, list) and answer[:1] == [b"message"]:
                self._on_message(answer[1], answer[2])
            elif self._waiting:
                resolve(self._waiting.popleft(), answer)
            else:
                raise RedisConnectionError("an answer to no command")

    def _break(self, error: Exception) -> None:
        if self._error is None:
            self._error = error
            self._broken(error)
        while self._waiting:
            resolve(self._waiting.popleft(), None)


def resolve(waiting: asyncio.Future[object], answer: object) -> None:
    """Hands the answer to the command's caller, unless that has given up."""
    if not waiting.done():
        waiting.set_result(answer)


def driver_connection(settings: RedisSettings) -> Any:
    """Returns a connection that is yet to be opened; redis-py has few types for it."""
    password = settings.password.get_secret_value() if settings.password else None
    kind = SSLConnection if settings.tls else Connection
    return kind(
        host=settings.host,
        port=settings.port,
        db=settings.database,
        username=settings.username,
        password=password,
        client_name=client_name_of(settings.application),
        protocol=2,
        driver_info=None,
        # Time-outs of redis-py count while the event loop is late: PipelinedConnection has its own.
        socket_timeout=None,
        socket_connect_timeout=None,
    )


def client_name_of(application: str) -> str:
    """Returns the name as Redis takes it: printable ASCII without spaces."""
    return "".join(each if "!" <= each <= "~" else "-" for each in application)
