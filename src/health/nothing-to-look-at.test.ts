import { describe, expect, it } from "vitest";
import { fakeCluster, type FakeClusterOptions } from "../../test/support/fake-cluster.ts";
import { nothingInstalled, sourcesOf } from "../../test/support/health-trial.ts";
import { testNow } from "../../test/support/kube-objects.ts";
import { istiod, meshNamespace, meshPod, proxyAnswers, syncz } from "../../test/support/mesh-objects.ts";
import type { EksCluster } from "../aws/eks/port.ts";
import type { SecretsManager } from "../aws/secrets/port.ts";
import type { Finding } from "../core/finding.ts";
import { runChecks } from "../core/run-checks.ts";
import { createHealthContext } from "./health-context.ts";
import { healthChecks } from "./index.ts";

const cluster: Partial<EksCluster> = { status: "ACTIVE", version: "1.34", issues: [], tags: {} };

/** What every check of a status says, whatever it needs, about a place of AWS. */
async function ask(options: FakeClusterOptions, meshExpected = true): Promise<readonly Finding[]> {
  const { signal } = new AbortController();
  const now = (): number => testNow;
  const sources = sourcesOf(fakeCluster(options), meshExpected);
  const port: Partial<SecretsManager> = {
    list: async function* () {
      yield [];
    },
  };
  const store = { awsRegion: "eu-west-1", open: async () => port as SecretsManager };
  const door = async () => ({ cluster: async () => cluster as EksCluster, nodegroups: async () => [] });
  const context = createHealthContext(
    {
      ...sources,
      secrets: { ...sources.secrets, store },
      eks: { name: "shop", region: "eu", door, installed: nothingInstalled },
      now,
    },
    signal,
  );
  return runChecks(
    healthChecks.map((each) => ({ ...each, needs: [] })),
    { context, now, signal },
  );
}

const idsOf = (findings: readonly Finding[], severity: Finding["severity"]): string[] => [
  ...new Set(findings.filter((each) => each.severity === severity).map(({ id }) => id)),
];

describe("a check with nothing to check", () => {
  it.each([true, false])("A check is not ok in an empty cluster, if the user asked for the mesh: %s", async (asked) => {
    expect(idsOf(await ask({}, asked), "ok")).toEqual(["cluster/eks", "cluster/api"]);
  });

  it("A check is not ok in a mesh without proxies, and unknown if the user asked for the mesh", async () => {
    const empty = { objects: [istiod("istiod-a")], answers: { "istio-system/istiod-a:15014": [syncz({})] } };
    const findings = await ask(empty);
    const about = (severity: Finding["severity"]) =>
      idsOf(findings, severity).filter((id) => /^(mesh|breakers)/.test(id));
    expect(about("ok")).toEqual(["mesh/istiod"]);
    const unasked = ["mesh/client-tls", "breakers/ejected", "breakers/open", "breakers/coverage", "mesh/certificates"];
    const unseen = ["mesh/sync", "mesh/sidecar", "mesh/probes", "mesh/mtls", "breakers/proxies"];
    expect(about("unknown")).toEqual([...unseen, ...unasked]);
    const causes = findings.filter(({ id }) => unasked.includes(id)).map(({ cause }) => cause);
    expect(new Set(causes)).toEqual(new Set(["breakers/proxies"]));
    expect(idsOf(await ask(empty, false), "unknown")).toEqual([]);
  });

  it("A check is not ok if proxies have called nothing and no rule limits them", async () => {
    const pods = [meshPod("orders-1", "orders", "10.0.0.1"), meshPod("payments-1", "payments", "10.0.0.2")];
    const findings = await ask({
      objects: [meshNamespace, istiod("istiod-a"), ...pods],
      answers: {
        "istio-system/istiod-a:15014": [syncz({ "orders-1.shop": {}, "payments-1.shop": {} })],
        "shop/orders-1:15000": proxyAnswers([]),
        "shop/payments-1:15000": proxyAnswers([]),
      },
    });
    const breakers = findings.filter(({ id }) => id.startsWith("breakers/"));
    expect(breakers.map(({ id, severity }) => `${severity} ${id}`)).toEqual([
      "ok breakers/proxies",
      "skip breakers/ejected",
      "skip breakers/open",
      "skip breakers/coverage",
    ]);
  });
});
