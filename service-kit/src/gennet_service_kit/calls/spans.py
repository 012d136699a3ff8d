"""The layer that makes each attempt a span, and hands on the trace."""

from urllib.parse import parse_qsl, urlencode

import httpx
from opentelemetry import propagate, trace
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer
from opentelemetry.util.types import AttributeValue

from ..methods import METHODS
from ..requests.context import current
from .call import Call

PORTS = {"http": 80, "https": 443}
TRACEPARENT, TRACESTATE = "traceparent", "tracestate"

TRACER = trace.get_tracer(__name__, schema_url="https://opentelemetry.io/schemas/1.44.0")
"""Of the provider that the process has, once it has one."""


class SpanTransport(httpx.AsyncBaseTransport):
    """Makes a span of each attempt by OpenTelemetry's conventions for HTTP clients.

    The target continues the span's trace, or, where this service makes no spans, the trace of the
    request that is being answered.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, tracer: Tracer = TRACER) -> None:
        self._inner = inner
        self._tracer = tracer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Makes one attempt."""
        call = Call.of(request)
        call.attempts += 1
        span = self._tracer.start_span(span_name(request), kind=SpanKind.CLIENT)
        hand_on(span, request)
        if not span.is_recording():
            return await self._inner.handle_async_request(request)
        span.set_attributes(request_attributes(request, call.attempts - 1))
        try:
            response = await self._inner.handle_async_request(request)
        except BaseException as error:
            fail(span, type(error).__qualname__)
            raise
        else:
            span.set_attributes(response_attributes(response))
            if response.status_code >= 400:
                fail(span, str(response.status_code))
            return response
        finally:
            span.end()

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._inner.aclose()


def span_name(request: httpx.Request) -> str:
    """Returns the method, of which there are few; paths have no end of values."""
    return request.method if request.method in METHODS else "HTTP"


def request_attributes(request: httpx.Request, resends: int) -> dict[str, AttributeValue]:
    """Returns the attributes that are known before the answer."""
    url, method = request.url, request.method
    attributes: dict[str, AttributeValue] = {
        "http.request.method": method if method in METHODS else "_OTHER",
        "server.address": url.host,
        "server.port": url.port or PORTS[url.scheme],
        "url.full": public_url(url),
    }
    if method not in METHODS:
        attributes["http.request.method_original"] = method
    if resends:
        attributes["http.request.resend_count"] = resends
    return attributes


def response_attributes(response: httpx.Response) -> dict[str, AttributeValue]:
    """Returns the attributes of the answer."""
    return {
        "http.response.status_code": response.status_code,
        "network.protocol.version": response.http_version.removeprefix("HTTP/"),
    }


def fail(span: Span, reason: str) -> None:
    """Marks the span as failed."""
    span.set_attribute("error.type", reason)
    span.set_status(StatusCode.ERROR)


def hand_on(span: Span, request: httpx.Request) -> None:
    """Sets the headers of the trace."""
    if span.get_span_context().is_valid:
        propagate.inject(request.headers, trace.set_span_in_context(span))
        return
    context = current.get()
    if context is not None and context.traceparent and TRACEPARENT not in request.headers:
        request.headers[TRACEPARENT] = context.traceparent
        if context.tracestate:
            request.headers[TRACESTATE] = context.tracestate


def public_url(url: httpx.URL) -> str:
    """Returns the URL without credentials and without the values of its query."""
    names = parse_qsl(url.query.decode("ascii"), keep_blank_values=True)
    query = "?" + urlencode([(name, "REDACTED") for name, _ in names]) if names else ""
    path = url.raw_path.partition(b"?")[0].decode("ascii")
    return f"{url.scheme}://{url.netloc.decode('ascii')}{path}{query}"
