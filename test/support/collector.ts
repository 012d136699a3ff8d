import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { endProcesses, findRunning, startDaemon } from "../../sandbox/src/processes/daemon.ts";
import { freePorts } from "../../sandbox/src/processes/ports.ts";
import { processTable } from "../../sandbox/src/processes/process-table.ts";
import { findSandboxProgram } from "../../sandbox/src/programs/find-programs.ts";
import { collectorConfig, collectorLaunch, collectorProbe } from "../../sandbox/src/region/collector.ts";
import { isReady } from "../../sandbox/src/region/http.ts";
import { realClock } from "./real-clock.ts";

export interface ReceivedSpan {
  /** `service.name` of the sender. */
  readonly service: string;
  readonly name: string;
  /** 32 and 16 hexadecimal digits. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
}

export interface RunningCollector {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint: string;
  /** Returns its output so far; it writes within about a second. */
  spans(): readonly ReceivedSpan[];
  /** Returns its own metrics, in Prometheus's text format. */
  ownMetrics(): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts a real OpenTelemetry Collector on free ports, and waits until it is ready. Compiles it to the usual cache if
 * necessary.
 */
export async function startCollector(): Promise<RunningCollector> {
  const setting = {
    host: { env: process.env, home: homedir(), clock: realClock },
    emit: () => undefined,
    signal: new AbortController().signal,
  };
  const program = await findSandboxProgram(setting, "collector", () => undefined);
  const folder = await mkdtemp(join(tmpdir(), "gennet-collector-"));
  const [otlpHttp, otlpGrpc, health, metrics] = (await freePorts(4, new Set())) as [number, number, number, number];
  const ports = { otlpHttp, otlpGrpc, health, metrics };
  const files = { traces: join(folder, "traces.jsonl"), metrics: join(folder, "metrics.jsonl") };
  const config = join(folder, "config.yaml");
  await writeFile(config, collectorConfig(ports, files));
  const log = join(folder, "collector.log");
  const known = await startDaemon({ ...collectorLaunch(program, config), log }, processTable, realClock);
  const running = async () => findRunning(await processTable(), known);
  const stop = async (): Promise<void> => {
    const entry = await running();
    if (entry !== undefined) await endProcesses([entry], processTable, realClock);
    await rm(folder, { recursive: true, force: true });
  };
  while (!(await isReady(collectorProbe(ports), setting.signal))) {
    if ((await running()) === undefined) {
      const text = await readFile(log, "utf8");
      await stop();
      throw new Error(`the collector ended while it started:\n${text}`);
    }
    await realClock.sleep(50);
  }
  return {
    endpoint: `http://127.0.0.1:${otlpHttp}`,
    spans: () => readFileSync(files.traces, "utf8").split("\n").flatMap(spansOf),
    ownMetrics: async () => (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text(),
    stop,
  };
}

interface TracesData {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes?: readonly { key: string; value: { stringValue?: string } }[] };
    readonly scopeSpans: readonly { readonly spans: readonly Omit<ReceivedSpan, "service">[] }[];
  }[];
}

function spansOf(line: string): ReceivedSpan[] {
  if (line === "") return [];
  return (JSON.parse(line) as TracesData).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = resource.attributes?.find(({ key }) => key === "service.name")?.value.stringValue ?? "";
    return scopeSpans
      .flatMap(({ spans }) => spans)
      .map(({ name, traceId, spanId, parentSpanId }) => ({ service, name, traceId, spanId, parentSpanId }));
  });
}
