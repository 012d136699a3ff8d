"""The layer that makes each attempt a span, measures it, and hands on the trace."""

import time
from urllib.parse import parse_qsl, urlencode

import httpx
from opentelemetry import metrics, propagate, trace
from opentelemetry.metrics import Histogram, Meter
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer
from opentelemetry.util.types import AttributeValue

from ..clock import Clock
from ..methods import METHODS
from ..requests.context import current
from .call import Call

PORTS = {"http": 80, "https": 443}
TRACEPARENT, TRACESTATE = "traceparent", "tracestate"

SCHEMA = "https://opentelemetry.io/schemas/1.44.0"
# Of the providers that the process has, once it has some.
TRACER = trace.get_tracer(__name__, schema_url=SCHEMA)
METER = metrics.get_meter(__name__, schema_url=SCHEMA)
# https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpclientrequestduration
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)


def durations_of(meter: Meter) -> Histogram:
    """Returns the metric of all attempts."""
    return meter.create_histogram(
        "http.client.request.duration",
        unit="s",
        description="Duration of HTTP client requests.",
        explicit_bucket_boundaries_advisory=BUCKETS,
    )


class TelemetryTransport(httpx.AsyncBaseTransport):
    """Makes a span of each attempt by OpenTelemetry's conventions, and measures how long it takes.

    The target continues the span's trace, or, where this service makes no spans, the trace of the
    request that is being answered.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        tracer: Tracer,
        durations: Histogram,
        clock: Clock = time.monotonic,
    ) -> None:
        self._inner = inner
        self._tracer = tracer
        self._durations = durations
        self._clock = clock

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Makes one attempt."""
        call = Call.of(request)
        call.attempts += 1
        attributes = request_attributes(request)
        span = self._tracer.start_span(span_name(request), kind=SpanKind.CLIENT)
        hand_on(span, request)
        started = self._clock()
        try:
            response = await self._inner.handle_async_request(request)
        except BaseException as error:
            attributes["error.type"] = type(error).__qualname__
            raise
        else:
            attributes |= response_attributes(response)
            return response
        finally:
            took = self._clock() - started
            self._durations.record(took, attributes, trace.set_span_in_context(span))
            if span.is_recording():
                span.set_attributes(attributes | span_attributes(request, call.attempts - 1))
                if "error.type" in attributes:
                    span.set_status(StatusCode.ERROR)
            span.end()

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._inner.aclose()


def span_name(request: httpx.Request) -> str:
    """Returns the method, of which there are few; paths have no end of values."""
    return request.method if request.method in METHODS else "HTTP"


def request_attributes(request: httpx.Request) -> dict[str, AttributeValue]:
    """Returns the attributes of a request that have few values."""
    url, method = request.url, request.method
    return {
        "http.request.method": method if method in METHODS else "_OTHER",
        "server.address": url.host,
        "server.port": url.port or PORTS[url.scheme],
    }


def response_attributes(response: httpx.Response) -> dict[str, AttributeValue]:
    """Returns the attributes of an answer."""
    status = response.status_code
    attributes: dict[str, AttributeValue] = {
        "http.response.status_code": status,
        "network.protocol.version": response.http_version.removeprefix("HTTP/"),
    }
    if status >= 400:
        attributes["error.type"] = str(status)
    return attributes


def span_attributes(request: httpx.Request, resends: int) -> dict[str, AttributeValue]:
    """Returns the attributes that only spans have."""
    attributes: dict[str, AttributeValue] = {"url.full": public_url(request.url)}
    if request.method not in METHODS:
        attributes["http.request.method_original"] = request.method
    if resends:
        attributes["http.request.resend_count"] = resends
    return attributes


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
