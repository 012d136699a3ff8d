import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fakeCluster } from "../../../test/support/fake-cluster.ts";
import { adminPaths } from "./admin.ts";
import { createEnvoy } from "./envoy.ts";

/**
 * Recorded of Envoy 1.40, set up as in recorded-with.yaml: clusters as Istio makes them, whose counters Envoy makes when
 * they first count. Payments: no host can be connected to. Fees: one connection, four calls at once, which all came
 * through. Rates: one request, four at once. Ledger: TCP, one connection, four at once, the first of which still lasts.
 * Quiet: never called.
 */
const [clusters = "", statistics = ""] = ["clusters.txt", "statistics.json"].map((name) =>
  readFileSync(`test/fixtures/envoy/${name}`, "utf8"),
);
const { signal } = new AbortController();
const pod = { namespace: "shop", name: "orders-1" };

const upstreams = async (...answers: readonly string[]) =>
  createEnvoy(fakeCluster({ answers: { "shop/orders-1:15000": answers } })).upstreams(pod, signal);

const upstreamTo = async (name: string, counts: string) =>
  (await upstreams(clusters, counts)).find(({ host }) => host.startsWith(name));

/** What a proxy answers whose matcher leaves a statistic out. */
const without = (all: string, name: string): string => {
  const { stats } = JSON.parse(all) as { stats: { name: string }[] };
  return JSON.stringify({ stats: stats.filter((each) => !each.name.endsWith(`.${name}`)) });
};

describe("what a proxy calls", () => {
  it("has its limits, without those that are none, its ejected hosts, and whether it is called at all", async () => {
    const all = await upstreams(clusters, statistics);
    expect(all.find(({ host }) => host.startsWith("payments"))).toEqual({
      host: "payments.shop.svc.cluster.local",
      port: 80,
      limits: { connections: 10 },
      outlierDetection: true,
      calls: 6,
      http: true,
      open: [],
      overflows: 0,
      hosts: 2,
      ejected: ["127.0.0.1", "127.0.0.2"],
    });
    expect(all.find(({ host }) => host.startsWith("quiet"))).toEqual({
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
    });
  });

  it("refuses connections by TCP, lets calls by HTTP wait for one, and counts requests beyond their limit", async () => {
    const all = await upstreams(clusters, statistics);
    const brief = all.map(({ host, http, limits, open, overflows }) => [
      host.split(".")[0],
      http,
      limits,
      open,
      overflows,
    ]);
    expect(brief).toEqual(
      expect.arrayContaining([
        ["ledger", false, { connections: 1 }, ["connections"], 3],
        ["fees", true, { connections: 1 }, ["connections"], 0],
        ["rates", true, { requests: 1 }, [], 3],
      ]),
    );
  });

  it("does not know what is open where the statistics are not exported, and still knows who is ejected", async () => {
    const payments = await upstreamTo("payments", '{"stats":[]}');
    expect(payments).not.toHaveProperty("open");
    expect(payments).not.toHaveProperty("overflows");
    expect(payments?.ejected).toHaveLength(2);
  });

  it("does not know what was refused where not all that is needed is exported, but what it knows", async () => {
    expect(await upstreamTo("payments", without(statistics, "upstream_rq_retry_overflow"))).not.toHaveProperty(
      "overflows",
    );
    expect(await upstreamTo("payments", without(statistics, "upstream_cx_overflow"))).toMatchObject({ overflows: 0 });
    expect(await upstreamTo("ledger", without(statistics, "upstream_cx_overflow"))).not.toHaveProperty("overflows");
    expect(await upstreamTo("ledger", without(statistics, "upstream_rq_pending_overflow"))).toMatchObject({
      overflows: 3,
    });
    expect(await upstreamTo("quiet", without(statistics, "upstream_cx_overflow"))).not.toHaveProperty("overflows");
  });

  it("does not know whether a limit is reached that is not exported, though another is", async () => {
    expect(await upstreamTo("rates", without(statistics, "rq_open"))).not.toHaveProperty("open");
    expect(await upstreamTo("rates", without(statistics, "cx_open"))).toMatchObject({ open: [] });
  });

  it("has the names of older lines, whose statistics are named as the cluster is", async () => {
    const older = clusters.replaceAll(/^.*::observability_name::.*\n/gm, "");
    const named = statistics.replaceAll(".local;.", ".local.");
    const ledger = (await upstreams(older, named)).find(({ host }) => host.startsWith("ledger"));
    expect(ledger).toMatchObject({ open: ["connections"], overflows: 3 });
  });

  it("has subsets, and leaves out what is no service", async () => {
    const renamed = clusters
      .replaceAll("outbound|80||payments", "outbound|80|v1|payments")
      .replaceAll("outbound|81||quiet", "inbound|81||quiet");
    const all = await upstreams(renamed, statistics);
    const brief = all.map(({ host, subset }) => `${host.split(".")[0]} ${subset}`);
    expect(brief.toSorted()).toEqual(["fees undefined", "ledger undefined", "payments v1", "rates undefined"]);
  });

  it("has hosts with IPv6 addresses", async () => {
    const all = await upstreams(clusters.replaceAll("127.0.0.2:", "[fd00::2]:"), statistics);
    expect(all.find(({ host }) => host.startsWith("payments"))).toMatchObject({
      hosts: 2,
      ejected: ["127.0.0.1", "fd00::2"],
    });
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
