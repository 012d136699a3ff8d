import { describe, expect, it } from "vitest";
import { callText, type ProbeResult } from "../../../../core/probe.ts";
import type { Prober } from "../../../../k8s/probe/port.ts";
import { regionTrial } from "../../../../../test/support/region-trial.ts";
import { sourcesOf } from "../../../platform-sources.ts";
import type { RegionWorld } from "../../../world.ts";
import { tryIstiod } from "./istio-canary.ts";

const ready = "http://127.0.0.1:15021/healthz/ready";

/** Tries an istiod with a pod whose calls have these results, instead of 200, by how they are written. */
async function tried(results: Readonly<Record<string, Partial<ProbeResult>>>): Promise<unknown> {
  const origins = new Set<string>();
  const probe: Prober["probe"] = async (calls, { namespace, meshed }) => {
    origins.add(`${namespace}, meshed: ${meshed}`);
    return calls.map((call) => {
      const text = callText(call);
      const usual: ProbeResult = { call: text, outcome: "ok", summary: "200", status: 200, durationMs: 1 };
      return { ...usual, ...results[text] };
    });
  };
  const [site] = regionTrial().sites;
  const world = site?.world() as RegionWorld;
  const sources = { ...sourcesOf(world), prober: async () => ({ probe }) };
  const { signal } = new AbortController();
  const ended = await tryIstiod("1.31.1", {
    world: { ...world, sources },
    signal,
  }).catch((error: unknown) => error);
  expect([...origins]).toEqual(["istio-canary, meshed: true"]);
  return ended;
}

describe("the trial of a new istiod", () => {
  it("A pod whose proxy is ready and reaches the gateway and the Collector passes", async () => {
    expect(await tried({})).toBeUndefined();
  });

  it.each([
    ["a proxy without configuration", { [ready]: { status: 503, summary: "503" } }, "its proxy: 503"],
    [
      "a gateway that is not reached",
      {
        "http://istio-ingress.istio-ingress.svc.cluster.local/": {
          outcome: "failed",
          summary: "reset",
          status: undefined,
        },
      },
      "ingress gateway: reset",
    ],
  ])("With %s, the upgrade stops, and says what failed", async (_what, results, why) => {
    expect(await tried(results as Readonly<Record<string, Partial<ProbeResult>>>)).toMatchObject({
      code: "MESH_CANARY_FAILED",
      message: `A pod of istiod 1.31.1 in the namespace istio-canary does not work as it should: ${why}.`,
    });
  });

  it("A call that could not be made is no pass", async () => {
    const unknown = { outcome: "unknown", summary: "no answer" } as const;
    expect(await tried({ "otlp+http://collector.monitoring.svc.cluster.local:4318": unknown })).toMatchObject({
      code: "MESH_CANARY_UNKNOWN",
    });
  });
});
