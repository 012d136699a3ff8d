import pytest
from fastapi import FastAPI
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from tests.talking import talking_to

pytestmark = pytest.mark.anyio


def is_insertion(span: ReadableSpan) -> bool:
    return any(str(value).startswith("INSERT INTO items") for value in attributes_of(span))


def attributes_of(span: ReadableSpan) -> list[object]:
    return list((span.attributes or {}).values())


async def test_a_statement_is_a_span_of_its_request_without_values(
    spans: InMemorySpanExporter, service: FastAPI
) -> None:
    async with talking_to(service) as client:
        await client.post("/items", json={"name": "hunter2"})

    [insertion] = [span for span in spans.get_finished_spans() if is_insertion(span)]
    [request] = [span for span in spans.get_finished_spans() if span.kind == SpanKind.SERVER]
    assert insertion.kind == SpanKind.CLIENT
    assert insertion.parent == request.context
    assert "hunter2" not in "".join(span.to_json() for span in spans.get_finished_spans())


async def test_probes_are_no_spans(spans: InMemorySpanExporter, service: FastAPI) -> None:
    async with talking_to(service) as client:
        spans.clear()
        assert (await client.get("/health/ready")).status_code == 200

    assert [span for span in spans.get_finished_spans() if "items" not in span.name] == []
