import { beforeAll, describe, expect, it } from "vitest";
import { startCollector, type RunningCollector } from "../support/collector.ts";

let collector: RunningCollector;
beforeAll(async () => {
  collector = await startCollector();
  return () => collector.stop();
});

const span = {
  traceId: "5b8efff798038103d269b633813fc60c",
  spanId: "eee19b7ec3c1b174",
  parentSpanId: "eee19b7ec3c1b173",
  name: "GET /orders",
  kind: 2,
  startTimeUnixNano: "1544712660000000000",
  endTimeUnixNano: "1544712661000000000",
};

describe("the sandbox's OpenTelemetry Collector", () => {
  it("The sandbox's OpenTelemetry Collector accepts a span by OTLP/HTTP, forwards it with its ids, and counts it", async () => {
    const attributes = [{ key: "service.name", value: { stringValue: "orders" } }];
    const body = { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans: [span] }] }] };
    const answer = await fetch(`${collector.endpoint}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
    const { name, traceId, spanId, parentSpanId } = span;
    await expect
      .poll(() => collector.spans(), { timeout: 30_000 })
      .toEqual([{ service: "orders", name, traceId, spanId, parentSpanId }]);
    expect(await collector.ownMetrics()).toMatch(/^otelcol_receiver_accepted_spans\S* 1$/m);
  });

  it("The sandbox's OpenTelemetry Collector rejects anything other than OTLP", async () => {
    const answer = await fetch(`${collector.endpoint}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{",
    });
    expect(answer.status).toBe(400);
  });
});
