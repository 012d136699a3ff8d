import { expect, it } from "vitest";
import { parse } from "yaml";
import { componentWorld } from "../../../test/support/platform-of-components.ts";
import { countsIn } from "../../k8s/collector/collectors.ts";
import { collector, synchronousPort } from "./collector.ts";

interface Config {
  readonly receivers: Readonly<
    Record<string, { readonly protocols: Readonly<Record<string, { readonly endpoint: string }>> }>
  >;
  readonly exporters: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly service: {
    readonly pipelines: Readonly<
      Record<string, { receivers: readonly string[]; processors?: readonly string[]; exporters: readonly string[] }>
    >;
  };
}

function configOf(): Config {
  const { source } = collector;
  if (!("manifests" in source)) throw new Error("the Collector is gennet's own manifests");
  const map = source.manifests(componentWorld()).find(({ kind }) => kind === "ConfigMap");
  const data = map?.["data"] as { readonly "config.yaml"?: string } | undefined;
  return parse(data?.["config.yaml"] ?? "") as Config;
}

it("A span at the synchronous port is answered by the same endpoint, without a batch, a queue and retries in between", () => {
  const { receivers, exporters, service } = configOf();
  const pipeline = service.pipelines["traces/synchronous"];
  const [receiver = "", sends] = [pipeline?.receivers[0], pipeline?.exporters ?? []];
  expect(pipeline?.processors).toBeUndefined();
  expect(receivers[receiver]?.protocols["http"]?.endpoint).toBe(`0.0.0.0:${synchronousPort}`);
  const usual = exporters[service.pipelines["traces"]?.exporters[0] ?? ""];
  expect(sends.map((name) => exporters[name])).toMatchObject([
    { endpoint: usual?.["endpoint"], sending_queue: { enabled: false }, retry_on_failure: { enabled: false } },
  ]);
  const failed = sends.map((exporter) => `otelcol_exporter_send_failed_spans{exporter="${exporter}"} 1\n`).join("");
  const refused = `otelcol_receiver_accepted_spans{receiver="${receiver}"} 1\n`;
  expect(countsIn(failed + refused)).toEqual({ accepted: 0, sent: 0, lost: 0, waiting: 0 });
});
