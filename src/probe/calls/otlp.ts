import { randomBytes } from "node:crypto";
import type { Attempt } from "../../core/probe.ts";
import { exchange } from "./http.ts";

/**
 * Sends one span, and returns its trace. What the Collector accepted is not yet delivered: only where it sends its spans
 * knows whether this one arrived. https://opentelemetry.io/docs/specs/otlp/#otlphttp-request
 */
export async function tryOtlp(url: string, now: number, signal: AbortSignal): Promise<Attempt> {
  const traceId = randomBytes(16).toString("hex");
  const nanoseconds = `${now}000000`;
  const span = {
    traceId,
    spanId: randomBytes(8).toString("hex"),
    name: "gennet probe",
    // An internal span.
    kind: 1,
    startTimeUnixNano: nanoseconds,
    endTimeUnixNano: nanoseconds,
  };
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "gennet-probe" } }] };
  const content = { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "gennet" }, spans: [span] }] }] };
  const { status, body } = await exchange(`${url}/v1/traces`, JSON.stringify(content), signal);
  const isAccepted = status === 200 && rejectedSpans(body) === 0;
  return isAccepted
    ? { outcome: "ok", summary: `accepted the span of trace ${traceId}`, status, traceId }
    : { outcome: "failed", trouble: "rejected", summary: `did not accept the span: ${reasonIn(status, body)}`, status };
}

function rejectedSpans(body: string): number {
  try {
    const { partialSuccess } = JSON.parse(body) as { partialSuccess?: { rejectedSpans?: number | string } };
    return Number(partialSuccess?.rejectedSpans ?? 0);
  } catch {
    return 1;
  }
}

/** What is shown of a reason. */
const longestReason = 300;

/** An error has a `Status` as its body: https://opentelemetry.io/docs/specs/otlp/#failures-1 */
function reasonIn(status: number, body: string): string {
  try {
    const { message = "" } = JSON.parse(body) as { readonly message?: string };
    return message === "" ? `HTTP status ${status}` : `HTTP status ${status}, ${message.slice(0, longestReason)}`;
  } catch {
    return `HTTP status ${status}`;
  }
}
