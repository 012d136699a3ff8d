import { expect, it } from "vitest";
import { fakeCluster } from "../../../test/support/fake-cluster.ts";
import { AppError } from "../../core/error.ts";
import { countsIn, createCollectors } from "./collectors.ts";

const { signal } = new AbortController();

/** What the Collector 0.162 reported with an exporter whose address is dead: it retries a batch of three spans. */
const retrying = `# TYPE otelcol_exporter_in_flight_requests gauge
otelcol_exporter_in_flight_requests{data_type="traces",exporter="otlp_http"} 1
# TYPE otelcol_exporter_queue_capacity gauge
otelcol_exporter_queue_capacity{data_type="traces",exporter="otlp_http"} 1000
# TYPE otelcol_exporter_queue_size gauge
otelcol_exporter_queue_size{data_type="traces",exporter="otlp_http"} 1
otelcol_exporter_queue_size{data_type="metrics",exporter="otlp_http/metrics"} 7
# TYPE otelcol_receiver_accepted_spans counter
otelcol_receiver_accepted_spans{receiver="otlp",transport="http"} 3
`;

/** The same without retries. */
const lost = `# TYPE otelcol_exporter_queue_size gauge
otelcol_exporter_queue_size{data_type="traces",exporter="otlp_http"} 0
# TYPE otelcol_exporter_send_failed_spans counter
otelcol_exporter_send_failed_spans{exporter="otlp_http",server_address="127.0.0.1",url_path="/v1/traces"} 1
# TYPE otelcol_exporter_sent_spans counter
otelcol_exporter_sent_spans{exporter="otlp_http",server_address="127.0.0.1",url_path="/v1/traces"} 0
# TYPE otelcol_receiver_accepted_spans counter
otelcol_receiver_accepted_spans{receiver="otlp",transport="http"} 1
`;

it.each([
  ["that retries", retrying, { accepted: 3, sent: 0, lost: 0, waiting: 1 }],
  ["that gave up", lost, { accepted: 1, sent: 0, lost: 1, waiting: 0 }],
  ["with other suffixes", "otelcol_exporter_sent_spans_total 4\n", { accepted: 0, sent: 4, lost: 0, waiting: 0 }],
  [
    "that also answers gennet's probes",
    `${lost}otelcol_receiver_accepted_spans{receiver="otlp/synchronous",transport="http"} 5
otelcol_exporter_sent_spans{exporter="otlp_http/synchronous"} 3
otelcol_exporter_send_failed_spans{exporter="otlp_http/synchronous"} 2
`,
    { accepted: 1, sent: 0, lost: 1, waiting: 0 },
  ],
])("The spans of a Collector %s are counted by its own metrics", (_which, text, counts) => {
  expect(countsIn(text)).toEqual(counts);
});

it("Only the Collectors with these labels are read, and one that does not answer keeps its error", async () => {
  const pod = (name: string, app: string, namespace = "monitoring") => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { app } },
    status: { phase: "Running" },
  });
  const silent = new AppError("KUBE_FORWARD_FAILED", "nothing listens");
  const cluster = fakeCluster({
    objects: [pod("a", "collector"), pod("b", "collector"), pod("c", "prometheus"), pod("d", "collector", "other")],
    answers: { "monitoring/a:8888": [lost], "monitoring/b:8888": silent },
  });
  const read = createCollectors(cluster).read({ namespace: "monitoring", labels: { app: "collector" } }, signal);
  expect(await read).toEqual([
    { namespace: "monitoring", name: "a", counts: { accepted: 1, sent: 0, lost: 1, waiting: 0 } },
    { namespace: "monitoring", name: "b", counts: silent },
  ]);
});
