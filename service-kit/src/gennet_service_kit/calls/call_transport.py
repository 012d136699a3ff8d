"""The outermost layer of a call."""

import time

import httpx

from ..clock import Clock
from ..requests.context import current
from .call import Call
from .errors import ForeignTargetError, is_failure
from .explanation import explain

REQUEST_ID = "x-request-id"


class CallTransport(httpx.AsyncBaseTransport):
    """Keeps a call on its target, gives it the id of the request, and explains its failure.

    Absolute URLs and redirects to other origins are refused: they would get the request's ids and
    headers, and their failures would be taken for the target's.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        target: str,
        base_url: httpx.URL,
        clock: Clock = time.monotonic,
    ) -> None:
        self._inner = inner
        self._target = target
        self._origin = origin_of(base_url)
        self._clock = clock

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Makes the call. Raises httpx.HTTPError."""
        call = Call.begin(request, self._target)
        context = current.get()
        if context is not None:
            request.headers.setdefault(REQUEST_ID, context.request_id)
        started = self._clock()
        try:
            if origin_of(request.url) != self._origin:
                message = f"the URL is not one of {self._target}"
                raise ForeignTargetError(message, request=request)
            response = await self._inner.handle_async_request(request)
        except httpx.HTTPError as error:
            call.seconds = self._clock() - started
            explain(request, error)
            raise
        call.seconds = self._clock() - started
        call.status = response.status_code
        if is_failure(call.status):
            explain(request)
        return response

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._inner.aclose()


def origin_of(url: httpx.URL) -> tuple[str, str, int | None]:
    """Returns scheme, host and port; the port is None where it is the scheme's own."""
    return url.scheme, url.host, url.port
