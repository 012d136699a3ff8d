import type { SandboxFolder } from "../folders.ts";
import { componentAt, type Part } from "../full/part.ts";
import type { Component } from "../processes/component.ts";
import { collectorConfig, collectorLaunch, collectorProbe } from "../region/collector.ts";
import type { SandboxRegion, SandboxState } from "../state.ts";

/** The number of ports that it uses in each region. */
export const tracingPortCount = 4;

/** How pods reach it; at another port than the Collector of profile full, which is on the same bridge. */
export const tracingService = { name: "tracing", namespace: "sandbox", port: 4319 };

/** Where pods send spans by OTLP over HTTP: `platform.tracing.endpoint` of the sandbox's gennet.yaml. */
export const tracingEndpoint = `http://${tracingService.name}.${tracingService.namespace}.svc.cluster.local:${tracingService.port}`;

/** Returns the regions with ports for {@link tracingParts}; those that have some keep them. */
export function withTracing(regions: readonly SandboxRegion[], ports: readonly number[]): readonly SandboxRegion[] {
  return regions.map((region, at) => {
    const [otlpHttp, otlpGrpc, health, metrics] = ports.slice(at * tracingPortCount) as [number, number, number, number];
    return { ...region, tracing: region.tracing ?? { otlpHttp, otlpGrpc, health, metrics } };
  });
}

/**
 * Returns the part of each region in which spans end: a Collector that writes them to a file, in the place of the
 * product to which the platform's own Collector sends them.
 */
export function tracingParts(state: SandboxState, folder: SandboxFolder): readonly Part<"collector">[] {
  return state.regions.flatMap(({ awsRegion, tracing }) => {
    if (tracing === undefined) return [];
    const at = (file: string): string => folder.region(awsRegion, "tracing", file);
    const config = at("config.yaml");
    return {
      component: componentAt({ awsRegion }, "tracing", tracing.otlpHttp, collectorProbe(tracing).url),
      program: "collector" as const,
      args: collectorLaunch("", config).args,
      files: { [config]: collectorConfig(tracing, { traces: at("traces.jsonl"), metrics: at("metrics.jsonl") }) },
    };
  });
}

export function tracingComponents(state: SandboxState, folder: SandboxFolder): readonly Component[] {
  return tracingParts(state, folder).map(({ component }) => component);
}
