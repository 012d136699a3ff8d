import httpx

from .breaker import CircuitBreaker


class BreakerTransport(httpx.AsyncBaseTransport):
    """Asks the breaker of its target before every call, and tells it how the call went."""

    def __init__(self, inner: httpx.AsyncBaseTransport, breaker: CircuitBreaker) -> None:
        self._inner = inner
        self._breaker = breaker

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        permit = self._breaker.admit()
        # What is neither an answer nor a failure of the target, such as being cancelled, is None.
        succeeded: bool | None = None
        try:
            response = await self._inner.handle_async_request(request)
            succeeded = response.status_code < 500 and response.status_code != 429
            return response
        except (httpx.LocalProtocolError, httpx.UnsupportedProtocol):
            # Our own mistake: the target has not seen it.
            raise
        except httpx.TransportError:
            succeeded = False
            raise
        finally:
            self._breaker.settle(permit, succeeded)

    async def aclose(self) -> None:
        await self._inner.aclose()
