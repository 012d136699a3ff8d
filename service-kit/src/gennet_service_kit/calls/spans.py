"""The layer that makes each attempt a span, and hands on the trace."""

from urllib.parse import parse_qsl, urlencode

import httpx
from opentelemetry import propagate, trace
from opentelemetry.trace import Span, SpanKind, StatusCode

from ..methods import METHODS
from ..requests.context import current
from .call import Call

TRACEPARENT, TRACESTATE = "traceparent", "tracestate"

tracer = trace.get_tracer(__name__, schema_url="https://opentelemetry.io/schemas/1.36.0")


class SpanTransport(httpx.AsyncBaseTransport):
    """Makes a span of each attempt by OpenTelemetry's conventions for HTTP clients.

    The target continues the span's trace, or, where this service makes no spans, the trace of the
    request that is being answered.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Makes one attempt."""
        call = Call.of(request)
        call.attempts += 1
        known = request.method in METHODS
        span = tracer.start_span(request.method if known else "HTTP", kind=SpanKind.CLIENT)
        if span.is_recording():
            describe(span, request, call.attempts - 1)
        hand_on(span, request)
        try:
            response = await self._inner.handle_async_request(request)
        except BaseException as error:
            fail(span, type(error).__qualname__)
            raise
        else:
            span.set_attribute("http.response.status_code", response.status_code)
            version = response.http_version.removeprefix("HTTP/")
            span.set_attribute("network.protocol.version", version)
            if response.status_code >= 400:
                fail(span, str(response.status_code))
            return response
        finally:
            span.end()

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._inner.aclose()


def describe(span: Span, request: httpx.Request, resends: int) -> None:
    """Sets the attributes that are known before the answer."""
    url = request.url
    known = request.method in METHODS
    span.set_attribute("http.request.method", request.method if known else "_OTHER")
    if not known:
        span.set_attribute("http.request.method_original", request.method)
    span.set_attribute("server.address", url.host)
    span.set_attribute("server.port", url.port or (443 if url.scheme == "https" else 80))
    span.set_attribute("url.full", public_url(url))
    if resends:
        span.set_attribute("http.request.resend_count", resends)


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
