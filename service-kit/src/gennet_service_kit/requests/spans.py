"""The span of a request, by OpenTelemetry's conventions for HTTP servers."""

from contextvars import Token
from urllib.parse import parse_qsl, urlencode, urlsplit

from opentelemetry import context as otel
from opentelemetry import propagate, trace
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer
from opentelemetry.util.types import AttributeValue
from starlette.types import Scope

from .context import RequestContext
from .headers import Header

SCOPE = "gennet_service_kit"
SCHEMA = "https://opentelemetry.io/schemas/1.44.0"
# https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
METHODS = frozenset(
    {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"}
)
OTHER = "_OTHER"
SECRET_PARAMETERS = frozenset(
    {"AWSAccessKeyId", "Signature", "sig", "X-Goog-Signature"}
    | {"X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token"}
)
PORTS = {"http": 80, "https": 443}


class ServerSpans:
    """Makes the spans of requests.

    The sampler is asked before anything else is done: for a trace that is not recorded there are
    ids only, which its logs and calls go on with.
    """

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._fields = frozenset(field.encode() for field in propagate.get_global_textmap().fields)

    def begin(
        self, method: str, headers: dict[bytes, bytes], raw: list[Header], context: RequestContext
    ) -> tuple[Span, Token[otel.Context]]:
        """Begins a span, makes it the current one, and sets the ids of `context`."""
        parent = otel.Context()
        if fields := self._fields.intersection(headers):
            # What comes in several headers is one value in parts.
            carrier = {
                field.decode(): b",".join(value for name, value in raw if name == field).decode(
                    "latin-1"
                )
                for field in fields
            }
            parent = propagate.extract(carrier, parent)
        name = method if method != OTHER else "HTTP"
        span = self._tracer.start_span(name, parent, SpanKind.SERVER)
        ids = span.get_span_context()
        context.trace_id = trace.format_trace_id(ids.trace_id)
        context.span_id = trace.format_span_id(ids.span_id)
        return span, otel.attach(trace.set_span_in_context(span, parent))

    def end(
        self, span: Span, scope: Scope, method: str, route: str | None, status: int | None
    ) -> None:
        """Ends a span with its answer; without a status there was none."""
        attributes: dict[str, AttributeValue] = {
            "http.request.method": method,
            "url.scheme": scope["scheme"],
            "url.path": scope["path"],
            "network.protocol.version": scope["http_version"],
            **server_attributes(scope),
        }
        if method == OTHER:
            attributes["http.request.method_original"] = scope["method"]
        if query := scope["query_string"]:
            attributes["url.query"] = public_query(query)
        if route is not None:
            attributes["http.route"] = route
            span.update_name(f"{method if method != OTHER else 'HTTP'} {route}")
        if status is not None:
            attributes["http.response.status_code"] = status
        if status is None or status >= 500:
            attributes["error.type"] = str(status or "incomplete_response")
            span.set_status(StatusCode.ERROR)
        span.set_attributes(attributes)
        span.end()


def server_attributes(scope: Scope) -> dict[str, AttributeValue]:
    """Returns the host that was asked for; nothing where its header is not valid."""
    host = next((value for name, value in scope["headers"] if name == b"host"), None)
    if host is None:
        address, port = scope.get("server") or (None, None)
    else:
        try:
            url = urlsplit("//" + host.decode("latin-1"))
            address, port = url.hostname, url.port
        except ValueError:
            return {}
        if url.username is not None or url.path or url.query or url.fragment:
            return {}
    if address is None:
        return {}
    port = port or PORTS.get(scope["scheme"])
    return {"server.address": address} | ({} if port is None else {"server.port": port})


def public_query(query: bytes) -> str:
    """Returns a query without the signatures and credentials that conventions name."""
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return urlencode(
        [(name, "REDACTED" if name in SECRET_PARAMETERS else value) for name, value in pairs]
    )
