import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fakeCluster } from "../../../test/support/fake-cluster.ts";
import { adminPaths } from "./admin.ts";
import { createEnvoy } from "./envoy.ts";

/**
 * Recorded of Envoy 1.40 with the clusters that Istio makes of two services: one with a limit and outlier detection,
 * both of whose hosts failed, and one that nobody calls.
 */
const [clusters = "", statistics = ""] = ["clusters.txt", "statistics.json"].map((name) =>
  readFileSync(`test/fixtures/envoy/${name}`, "utf8"),
);
const { signal } = new AbortController();
const pod = { namespace: "shop", name: "orders-1" };

const upstreams = async (...answers: readonly string[]) =>
  createEnvoy(fakeCluster({ answers: { "shop/orders-1:15000": answers } })).upstreams(pod, signal);

describe("what a proxy calls", () => {
  it("has its limits, without those that are none, its ejected hosts, and whether it is called at all", async () => {
    expect(await upstreams(clusters, statistics)).toEqual([
      {
        host: "payments.shop.svc.cluster.local",
        port: 80,
        limits: { connections: 10 },
        outlierDetection: true,
        calls: expect.any(Number) as number,
        http: false,
        open: [],
        overflows: 0,
        hosts: 2,
        ejected: ["127.0.0.1", "127.0.0.2"],
      },
      {
        host: "quiet.shop.svc.cluster.local",
        port: 81,
        limits: {},
        outlierDetection: false,
        calls: 0,
        http: false,
        open: [],
        overflows: 0,
        hosts: 0,
        ejected: [],
      },
    ]);
    expect((await upstreams(clusters, statistics))[0]?.calls).toBeGreaterThan(0);
  });

  it("tells which limits are reached, and what was refused for them", async () => {
    const open = statistics
      .replace(/(payments[^"]*\.cx_open","value":)0/, "$11")
      .replace(/(payments[^"]*\.upstream_rq_pending_overflow","value":)0/, "$17");
    expect((await upstreams(clusters, open))[0]).toMatchObject({ open: ["connections"], overflows: 7 });
  });

  it("does not know what is open where the statistics are not exported, and still knows who is ejected", async () => {
    const [payments] = await upstreams(clusters, '{"stats":[]}');
    expect(payments).not.toHaveProperty("open");
    expect(payments).not.toHaveProperty("overflows");
    expect(payments?.ejected).toHaveLength(2);
  });

  it("has the names of older lines, whose statistics are named as the cluster is", async () => {
    const older = clusters.replaceAll(/^.*::observability_name::.*\n/gm, "");
    const named = statistics.replaceAll(".local;.", ".local.");
    expect((await upstreams(older, named))[0]).toMatchObject({ open: [], overflows: 0 });
  });

  it("has subsets, and leaves out what is no service", async () => {
    const renamed = clusters
      .replaceAll("outbound|80||payments", "outbound|80|v1|payments")
      .replaceAll("outbound|81||quiet", "inbound|81||quiet");
    const all = await upstreams(renamed, statistics);
    expect(all.map(({ host, subset }) => [host, subset])).toEqual([["payments.shop.svc.cluster.local", "v1"]]);
  });

  it("has hosts with IPv6 addresses", async () => {
    const [payments] = await upstreams(clusters.replaceAll("127.0.0.2:", "[fd00::2]:"), statistics);
    expect(payments).toMatchObject({ hosts: 2, ejected: ["127.0.0.1", "fd00::2"] });
  });

  it("calls nobody where there is no cluster", async () => {
    expect(await upstreams("", "{}")).toEqual([]);
  });

  it("is unknown where something else answers", async () => {
    await expect(upstreams("<html>", "{}")).rejects.toMatchObject({ code: "PROXY_ANSWER_INVALID" });
  });

  it("is asked for by paths that Envoy can read", () => {
    for (const path of adminPaths) expect(URL.canParse(path, "http://localhost")).toBe(true);
  });
});
