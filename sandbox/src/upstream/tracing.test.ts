import { describe, expect, it } from "vitest";
import { coreState } from "../../../test/support/sandbox-states.ts";
import { allComponents } from "../components.ts";
import { sandboxFolder } from "../folders.ts";
import { exposedIn } from "../pods/exposed.ts";
import type { SandboxRegion, SandboxState } from "../state.ts";
import { tracingEndpoint, tracingParts, tracingPortCount, withTracing } from "./tracing.ts";

const folder = sandboxFolder({ env: {}, home: "/home/me" }, "default");
const ports = Array.from({ length: coreState.regions.length * tracingPortCount }, (_, at) => 30_000 + at);
const state: SandboxState = { ...coreState, regions: withTracing(coreState.regions, ports) };

describe("the end of spans", () => {
  it("Each region has one with its own ports and files; none before upstream's images are registered", () => {
    expect(tracingParts(coreState, folder)).toEqual([]);
    const parts = tracingParts(state, folder);
    expect(parts.map(({ component }) => [component.id, component.port])).toEqual([
      ["eu-west-1/tracing", 30_000],
      ["us-east-1/tracing", 30_004],
    ]);
    const [config] = Object.values(parts[1]?.files ?? {});
    expect(config).toContain(folder.region("us-east-1", "tracing", "traces.jsonl"));
    expect(allComponents(state, folder).map(({ id }) => id)).toContain("us-east-1/tracing");
  });

  it("A region that has ports keeps them", () => {
    const again = withTracing(state.regions, ports.map((port) => port + 100));
    expect(again).toEqual(state.regions);
  });

  it("Pods reach it at the endpoint that the sandbox's gennet.yaml names", () => {
    const exposed = exposedIn(state, state.regions[0] as SandboxRegion).find(({ name }) => name === "tracing");
    expect(exposed).toMatchObject({ protocol: "http", target: 30_000 });
    const { name, namespace, port } = exposed ?? {};
    expect(tracingEndpoint).toBe(`http://${name}.${namespace}.svc.cluster.local:${port}`);
  });
});
