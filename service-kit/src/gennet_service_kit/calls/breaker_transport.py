"""The layer that asks the circuit breaker before each attempt."""

import httpx

from .breaker import CircuitBreaker
from .connection_limit import ConnectionLimit
from .errors import OURS, GivenUpError, is_failure


class BreakerTransport(httpx.AsyncBaseTransport):
    """Takes a connection, asks the breaker of the target, and settles how the attempt went."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, breaker: CircuitBreaker, limit: ConnectionLimit
    ) -> None:
        self._inner = inner
        self._breaker = breaker
        self._limit = limit

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Makes one attempt. Raises CircuitOpenError, BusyError or DeadlineError before it."""
        # No one waits for a connection that the breaker would not let them use.
        self._breaker.check()
        async with self._limit.connection(request):
            permit = self._breaker.admit()
            # A cancelled attempt and a bug show nothing about the target.
            succeeded: bool | None = None
            try:
                response = await self._inner.handle_async_request(request)
                succeeded = not is_failure(response.status_code)
                return response
            except (*OURS, GivenUpError):
                raise
            except (httpx.TransportError, httpx.DecodingError):
                succeeded = False
                raise
            finally:
                self._breaker.settle(permit, succeeded)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._inner.aclose()
