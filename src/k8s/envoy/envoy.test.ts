import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fakeCluster } from "../../../test/support/fake-cluster.ts";
import { nonEmpty } from "../../../test/support/non-empty.ts";
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
  (
    await createEnvoy(fakeCluster({ answers: { "shop/orders-1:15000": answers } })).outbound(
      pod,
      { withCertificate: false },
      signal,
    )
  ).upstreams;

const upstreamTo = async (name: string, counts: string) =>
  nonEmpty((await upstreams(clusters, counts)).filter(({ host }) => host.startsWith(name)))[0];

/** What a proxy answers whose matcher leaves a statistic out. */
const without = (all: string, name: string): string => {
  const { stats } = JSON.parse(all) as { stats: { name: string }[] };
  return JSON.stringify({ stats: stats.filter((each) => !each.name.endsWith(`.${name}`)) });
};

describe("what a proxy calls", () => {
  it("An upstream has its real limits, its ejected hosts, and its number of calls", async () => {
    const all = await upstreams(clusters, statistics);
    expect(all.find(({ host }) => host.startsWith("payments"))).toEqual({
      host: "payments.shop.svc.cluster.local",
      port: 80,
      limits: { connections: 10 },
      outlierDetection: true,
      calls: 6,
      callsSince: "hosts",
      http: true,
      open: [],
      overflows: 0,
      hosts: 2,
      addresses: ["127.0.0.1", "127.0.0.2"],
      ejected: ["127.0.0.1", "127.0.0.2"],
    });
    expect(all.find(({ host }) => host.startsWith("quiet"))).toEqual({
      host: "quiet.shop.svc.cluster.local",
      port: 81,
      limits: {},
      outlierDetection: false,
      calls: 0,
      callsSince: "hosts",
      http: false,
      open: [],
      overflows: 0,
      hosts: 0,
      addresses: [],
      ejected: [],
    });
  });

  it("Connections are refused for TCP, HTTP calls wait for one, and requests beyond their limit are counted", async () => {
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

  it("Without exported statistics, open limits are unknown, but ejected hosts are known", async () => {
    const payments = await upstreamTo("payments", '{"stats":[]}');
    expect(payments).not.toHaveProperty("open");
    expect(payments).not.toHaveProperty("overflows");
    expect(payments?.ejected).toHaveLength(2);
  });

  it("Refused calls are only known as far as the necessary statistics are exported", async () => {
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

  it("A refused request is not counted twice if a runtime flag makes Envoy count it in both counters", async () => {
    const { stats } = JSON.parse(statistics) as { stats: { name: string; value: number }[] };
    const rates = "cluster.outbound|80||rates.shop.svc.cluster.local;.upstream_rq_";
    const active = stats.find(({ name }) => name === `${rates}active_overflow`)?.value ?? 0;
    const both = stats.map((each) => (each.name === `${rates}pending_overflow` ? { ...each, value: active } : each));
    expect(active).toBeGreaterThan(0);
    expect(await upstreamTo("rates", JSON.stringify({ stats: both }))).toMatchObject({ overflows: active });
  });

  it("Calls are kept after the hosts are gone if the counters of the cluster are exported", async () => {
    const name = "cluster.outbound|81||quiet.shop.svc.cluster.local;.upstream_rq_total";
    const counts = JSON.stringify({ stats: [{ name, value: 30 }] });
    expect(await upstreamTo("quiet", counts)).toMatchObject({ calls: 30, callsSince: "proxy" });
    expect(await upstreamTo("payments", counts)).toMatchObject({ calls: 6, callsSince: "proxy" });
  });

  it("The numbers of failed and ejected hosts are read if they are exported", async () => {
    const prefix = "cluster.outbound|80||payments.shop.svc.cluster.local;.outlier_detection.ejections_";
    const stats = [
      { name: `${prefix}enforced_total`, value: 2 },
      { name: `${prefix}detected_consecutive_5xx`, value: 3 },
    ];
    expect(await upstreamTo("payments", JSON.stringify({ stats }))).toMatchObject({
      ejections: { detected: 3, enforced: 2 },
    });
  });

  it("Addresses that belong to no service are read, and an inbound cluster is not mistaken for one", async () => {
    const passthrough =
      "PassthroughCluster::10.0.0.9:8000::cx_total::4\nPassthroughCluster::10.0.0.9:8000::rq_total::4\n";
    const inbound = "inbound|8000||::default_priority::max_connections::4294967295\n";
    const answers = [`${clusters}${passthrough}${inbound}`, statistics];
    const envoy = createEnvoy(fakeCluster({ answers: { "shop/orders-1:15000": answers } }));
    const found = await envoy.outbound(pod, { withCertificate: false }, signal);
    expect(found.passthrough).toEqual([{ address: "10.0.0.9", calls: 4 }]);
    expect(found.upstreams).toHaveLength(5);
  });

  it("It is unknown whether a limit is reached that is not exported, even if another one is", async () => {
    expect(await upstreamTo("rates", without(statistics, "rq_open"))).not.toHaveProperty("open");
    expect(await upstreamTo("rates", without(statistics, "cx_open"))).toMatchObject({ open: [] });
  });

  it("Older versions name statistics like the cluster", async () => {
    const older = clusters.replaceAll(/^.*::observability_name::.*\n/gm, "");
    const named = statistics.replaceAll(".local;.", ".local.");
    const ledger = (await upstreams(older, named)).find(({ host }) => host.startsWith("ledger"));
    expect(ledger).toMatchObject({ open: ["connections"], overflows: 3 });
  });

  it("Upstreams have subsets, and clusters that are not services are left out", async () => {
    const renamed = clusters
      .replaceAll("outbound|80||payments", "outbound|80|v1|payments")
      .replaceAll("outbound|81||quiet", "inbound|81||quiet");
    const all = await upstreams(renamed, statistics);
    const brief = all.map(({ host, subset }) => `${host.split(".")[0]} ${subset}`);
    expect(brief.toSorted()).toEqual(["fees undefined", "ledger undefined", "payments v1", "rates undefined"]);
  });

  it("Hosts may have IPv6 addresses", async () => {
    const all = await upstreams(clusters.replaceAll("127.0.0.2:", "[fd00::2]:"), statistics);
    expect(all.find(({ host }) => host.startsWith("payments"))).toMatchObject({
      hosts: 2,
      ejected: ["127.0.0.1", "fd00::2"],
    });
  });

  it("A proxy without clusters calls nothing", async () => {
    expect(await upstreams("", "{}")).toEqual([]);
  });

  it("The calls are unknown if something else answers", async () => {
    await expect(upstreams("<html>", "{}")).rejects.toMatchObject({ code: "PROXY_ANSWER_INVALID" });
  });

  it("Envoy can parse the paths of requests", () => {
    for (const path of nonEmpty(adminPaths)) expect(URL.canParse(path, "http://localhost")).toBe(true);
  });
});
