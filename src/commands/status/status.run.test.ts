import { describe, expect, it } from "vitest";
import { clusterContext } from "../../../test/support/cluster-context.ts";
import type { FakeClusterOptions } from "../../../test/support/fake-cluster.ts";
import { deployment, node } from "../../../test/support/kube-objects.ts";
import { meshNamespace, meshPod } from "../../../test/support/mesh-objects.ts";
import { AppError } from "../../core/error.ts";
import { glanceRows } from "../../health/status-text.ts";
import type { Envoy } from "../../k8s/envoy/port.ts";
import { platformSchema } from "../../platform/schema.ts";
import { run } from "./status.run.ts";
import type { CheckInput } from "../check/flags.ts";

const everything: CheckInput = { only: [], skip: [], strict: false, wait: false, report: [] };

const well: FakeClusterOptions = { objects: [node("n1"), deployment("a")] };
const refused = new AppError("KUBE_UNREACHABLE", "refused");

describe("gennet status", () => {
  it("gennet status shows every region, unreachable ones as unknown, and exits with the most severe code", async () => {
    const context = clusterContext({ eu: well, us: { errors: { version: refused } } });
    const { exit, document } = await run(everything, context);
    expect(exit).toBe(5);
    expect(document).toMatchObject({
      kind: "StatusReport",
      generatedAt: "2026-01-02T03:04:05.000Z",
      regions: [
        { name: "eu", reachable: true, workloads: { available: 1, total: 1 } },
        { name: "us", reachable: false },
      ],
    });
    expect(document.findings.filter(({ region }) => region === "us").map(({ severity }) => severity)).not.toContain(
      "ok",
    );
    expect(
      context.events
        .filter((event) => event.type === "task")
        .map(({ id, state }) => `${id} ${state}`)
        .toSorted(),
    ).toEqual(["eu done", "eu running", "us failed", "us running"]);
  });

  it("gennet status shows a region as unknown if its connection cannot even be set up", async () => {
    const { exit, document } = await run(everything, clusterContext({ eu: refused }));
    expect(exit).toBe(5);
    expect(document.findings).toContainEqual(expect.objectContaining({ id: "cluster/api", obstacle: "unreachable" }));
  });

  it("gennet status --strict fails if there are only warnings", async () => {
    const cordoned = { objects: [node("n1", undefined, { unschedulable: true })] };
    expect((await run(everything, clusterContext({ eu: cordoned }))).exit).toBe(0);
    expect((await run({ ...everything, strict: true }, clusterContext({ eu: cordoned }))).exit).toBe(9);
  });

  it("gennet status asks proxies for their certificates only if the certificate check is selected", async () => {
    const asked = async (choice: Partial<CheckInput>): Promise<boolean[]> => {
      const seen: boolean[] = [];
      const outbound: Envoy["outbound"] = async (_pod, { withCertificate }) => {
        seen.push(withCertificate);
        return { upstreams: [], passthrough: [] };
      };
      const mesh = { objects: [...(well.objects ?? []), meshNamespace, meshPod("orders-1", "orders", "10.0.0.1")] };
      await run({ ...everything, ...choice }, { ...clusterContext({ eu: mesh }), envoy: async () => ({ outbound }) });
      return seen;
    };
    expect(await asked({})).toEqual([true]);
    expect(await asked({ skip: ["mesh/certificates"] })).toEqual([false]);
    expect(await asked({ only: ["breakers"] })).toEqual([false]);
  });

  it("A region whose context is unknown is misconfigured, and the others are reported", async () => {
    const unknown = new AppError("KUBE_CONTEXT_UNKNOWN", "no such context");
    const context = clusterContext({ eu: well, us: unknown });
    const shared = { awsRegion: "eu-west-1", accountId: "111122223333" };
    const regions = ["eu", "us"].map((name) => ({ ...shared, name, cluster: `acme-${name}`, context: name }));
    const platform = platformSchema.parse({ name: "acme", domain: "acme.example", regions });
    const asked = (...names: readonly string[]) => {
      const places = platform.regions.filter(({ name }) => names.includes(name));
      const given = { places: async () => places.map((each) => ({ name: each.name, region: each })) };
      return run({ ...everything, only: ["cluster/api"] }, { ...context, ...given, platform: async () => platform });
    };
    const { exit, document } = await asked("eu", "us");
    expect(exit).toBe(2);
    expect(document.findings.filter((finding) => finding.region === "us")).toMatchObject([
      { id: "cluster/api", severity: "unknown", obstacle: "misconfigured", summary: "no such context" },
    ]);
    expect(glanceRows(document, (_tone, text) => text).map(([name, api]) => [name, api])).toEqual([
      ["REGION", "API"],
      ["eu", "reachable"],
      ["us", "misconfigured"],
    ]);
    await expect(asked("us")).rejects.toBe(unknown);
  });

  it("gennet status stops at an error in the command line", async () => {
    const unknown = new AppError("KUBE_CONTEXT_UNKNOWN", "no such context");
    await expect(run(everything, clusterContext({ eu: well, us: unknown }))).rejects.toBe(unknown);
    const misspelt = { ...everything, only: ["nodes/redy"] };
    await expect(run(misspelt, clusterContext({ eu: well }))).rejects.toMatchObject({ code: "USAGE_INVALID" });
  });
});
