import { beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../../core/error.ts";
import { exitOf } from "../../../core/finding.ts";
import type { KubeObject } from "../../../core/kubernetes/object.ts";
import type { PodObject } from "../../../core/kubernetes/pod.ts";
import { crashing, daemonSet, node, pod, starting } from "../../../../test/support/kube-objects.ts";
import { type ReadinessTrial, readinessTrial, rollback } from "../../../../test/support/readiness-trial.ts";
import { upgradeReadiness } from "./index.ts";

const { signal } = new AbortController();
const ready: PodObject["status"] = { conditions: [{ type: "Ready", status: "True" }] };
const auto = { nodes: { mode: "auto" } } as const;
let trial: ReadinessTrial;

beforeEach(async () => {
  trial = await readinessTrial();
});

function add(...objects: readonly KubeObject[]): void {
  for (const object of objects) trial.kube.store(object);
}

function annotated<T extends KubeObject>(object: T, annotations: Readonly<Record<string, string>>): T {
  return { ...object, metadata: { ...object.metadata, annotations } };
}

describe("APIs that the version removes", () => {
  const id = "upgrade/removed-apis";
  const requested = (removed: string, version = "v1beta3"): number =>
    trial.kube.metrics.push(
      `apiserver_requested_deprecated_apis{group="flowcontrol.apiserver.k8s.io",removed_release="${removed}",resource="flowschemas",subresource="",version="${version}"} 1`,
    );

  it("An API that was requested and goes with the version is a failure, and one that goes later a warning", async () => {
    trial.kube.metrics.push("# TYPE apiserver_requested_deprecated_apis gauge", "apiserver_request_total 7");
    expect(await trial.findings(id)).toEqual([]);
    requested("1.35");
    requested("1.36", "v1beta4");
    expect(await trial.findings(id)).toEqual([
      "fail API flowcontrol.apiserver.k8s.io/v1beta3 flowschemas: is requested, and Kubernetes 1.35 removes it",
      "warn API flowcontrol.apiserver.k8s.io/v1beta4 flowschemas: is requested, and Kubernetes 1.36 removes it",
    ]);
  });

  it("An API without a release that removes it, and a rollback, are fine", async () => {
    requested("");
    expect(await trial.findings(id)).toEqual([]);
    requested("1.33");
    expect(await trial.findings(id, rollback)).toEqual([]);
    expect(await trial.findings(id)).toHaveLength(1);
  });

  it("Metrics that may not be read, and a cluster that does not answer, are unknown", async () => {
    const step = { from: "1.34", to: "1.35", kind: "upgrade" } as const;
    const denied = new AppError("KUBE_DENIED", "no access to /metrics");
    const metrics = async () => Promise.reject(denied);
    const world = { ...trial.world, cluster: async () => ({ ...trial.kube.cluster, metrics }) };
    const found = await upgradeReadiness(world, step, signal);
    expect(found.filter(({ severity }) => severity !== "ok")).toMatchObject([
      { id, severity: "unknown", summary: "no access to /metrics", obstacle: "denied" },
    ]);
    const cluster = async () => Promise.reject(new AppError("KUBE_UNREACHABLE", "no answer"));
    const silent = await upgradeReadiness({ ...trial.world, cluster }, step, signal);
    expect(silent.filter(({ severity }) => severity === "unknown").map((finding) => finding.id)).toEqual([
      id,
      "upgrade/node-versions",
      "upgrade/budgets",
      "upgrade/pods",
    ]);
    expect(exitOf(silent, false)).toBe(5);
  });
});

describe("disruption budgets", () => {
  const id = "upgrade/budgets";
  const budget = (status: object, observedGeneration = 1): KubeObject => ({
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "orders", namespace: "shop", generation: 1 },
    spec: { selector: { matchLabels: { "pod-template-hash": "6f7" } } },
    status: { observedGeneration, ...status },
  });
  const full = { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2, expectedPods: 2 };

  it("A budget that allows no eviction fails the update of a node group, with the pods that are the reason", async () => {
    add(budget({ ...full, disruptionsAllowed: 1 }));
    expect(await trial.findings(id)).toEqual([]);
    add(budget(full));
    expect(await trial.findings(id)).toEqual([
      "fail poddisruptionbudget shop/orders: never allows an eviction: 2 of 2 pods healthy, 2 needed",
    ]);
    expect(await trial.fixes(id)).toEqual(["kubectl --context eu -n shop describe poddisruptionbudget orders"]);
    add(budget({ ...full, currentHealthy: 1 }), pod("orders-1", crashing, "orders"), pod("orders-2", ready, "orders"));
    expect(await trial.findings(id)).toEqual([
      "fail poddisruptionbudget shop/orders: allows no eviction because of pod shop/orders-1: 1 of 2 pods healthy, 2 needed",
    ]);
  });

  it("A budget without pods blocks nothing, and one that was not evaluated is unknown", async () => {
    add(budget({ ...full, currentHealthy: 0, expectedPods: 0 }));
    expect(await trial.findings(id)).toEqual([]);
    add(budget(full, 0));
    expect(await trial.findings(id)).toEqual(["unknown poddisruptionbudget shop/orders: has not been evaluated yet"]);
  });

  it("Nodes that stay are not drained, and Auto Mode only waits for a budget", async () => {
    add(budget(full));
    expect(await trial.findings(id, rollback)).toEqual([]);
    const group = trial.cloud.nodegroups.get("default");
    if (group !== undefined) trial.cloud.nodegroups.set("default", { ...group, version: "1.35" });
    expect(await trial.findings(id)).toEqual([]);
    trial = await readinessTrial(auto);
    add(budget(full));
    for (const step of [{}, rollback]) expect(await trial.findings(id, step)).toHaveLength(1);
    expect((await trial.findings(id))[0]).toMatch(/^warn/);
  });
});

describe("pods", () => {
  const id = "upgrade/pods";
  const owner = (kind: string) => ({ kind, name: "owner" });
  const withVolumes = (one: PodObject, volumes: NonNullable<PodObject["spec"]>["volumes"]): PodObject => ({
    ...one,
    spec: { ...one.spec, ...(volumes === undefined ? {} : { volumes }) },
  });

  it("A crash loop and a pod without a controller are named; pods of nodes, finished and starting ones are not", async () => {
    add(
      pod("orders-1", crashing, "orders"),
      pod("orders-2", starting, "orders"),
      pod("debug", ready),
      pod("done", { phase: "Succeeded" }),
      annotated(pod("static", ready), { "kubernetes.io/config.mirror": "1" }),
      pod("agent", crashing, owner(daemonSet("agent").kind)),
    );
    expect(await trial.findings(id)).toEqual([
      expect.stringMatching(
        /^warn pod shop\/orders-1: container app keeps crashing .*; it is broken before the change$/,
      ),
      "warn pod shop/debug: has no controller: a drain deletes it, and nothing creates it again",
    ]);
    expect((await trial.fixes(id))[0]).toBe("kubectl --context eu -n shop logs orders-1 -c app --previous");
  });

  it("Data in an emptyDir of a StatefulSet is lost; memory, the proxy's volumes and a Deployment's are no data", async () => {
    const volumes = [{ name: "data", emptyDir: {} }];
    add(
      withVolumes(pod("db-0", ready, owner("StatefulSet")), volumes),
      withVolumes(pod("orders-1", ready, "orders"), volumes),
      withVolumes(pod("cache-0", ready, owner("StatefulSet")), [
        { name: "shared", emptyDir: { medium: "Memory" } },
        { name: "istio-data", emptyDir: {} },
        { name: "credential-socket", emptyDir: {} },
        { name: "claim" },
      ]),
    );
    expect(await trial.findings(id)).toEqual(["warn pod shop/db-0: loses what it keeps in emptyDir data"]);
  });

  it("A local volume in use is a failure; one that is released or not local is not", async () => {
    const volume = (name: string, spec: object, phase = "Bound"): KubeObject => {
      const claimRef = { namespace: "shop", name: "data" };
      return {
        apiVersion: "v1",
        kind: "PersistentVolume",
        metadata: { name },
        spec: { claimRef, ...spec },
        status: { phase },
      };
    };
    add(
      volume("pv-local", { local: { path: "/mnt" } }),
      volume("pv-host", { hostPath: { path: "/mnt" } }),
      volume("pv-old", { local: { path: "/mnt" } }, "Released"),
      volume("pv-ebs", { csi: { driver: "ebs.csi.aws.com" } }),
    );
    expect(await trial.findings(id)).toEqual([
      "fail persistentvolume pv-local: is on a node that is replaced, with the data of claim shop/data",
      "fail persistentvolume pv-host: is on a node that is replaced, with the data of claim shop/data",
    ]);
  });

  it("A pod that must not be disrupted delays Auto Mode, and means nothing to a node group", async () => {
    const kept = annotated(pod("batch", ready, "batch"), { "karpenter.sh/do-not-disrupt": "true" });
    add(kept);
    expect(await trial.findings(id)).toEqual([]);
    trial = await readinessTrial(auto);
    add(kept);
    expect(await trial.findings(id)).toEqual([
      "warn pod shop/batch: has karpenter.sh/do-not-disrupt: its node is replaced after its termination grace period only",
    ]);
    expect(await trial.fixes(id)).toEqual([
      "kubectl --context eu -n shop annotate pod batch karpenter.sh/do-not-disrupt-",
    ]);
  });
});

describe("node pools of Auto Mode", () => {
  const id = "upgrade/node-pools";
  const pool = (name: string, budget: object): KubeObject => ({
    apiVersion: "karpenter.sh/v1",
    kind: "NodePool",
    metadata: { name },
    spec: { disruption: { budgets: [budget] } },
  });

  beforeEach(async () => {
    trial = await readinessTrial(auto);
  });

  it("A closed pool and a node that must not be disrupted stop a rollback, and warn of an upgrade", async () => {
    add(
      pool("closed", { nodes: "0" }),
      pool("drift", { nodes: "0%", reasons: ["Drifted"] }),
      pool("slow", { nodes: "10%" }),
      pool("empty", { nodes: "0", reasons: ["Empty"] }),
      pool("by-day", { nodes: "0", schedule: "0 9 * * *" }),
      annotated(node("a"), { "karpenter.sh/do-not-disrupt": "true" }),
      node("b"),
    );
    const stopped = [
      "nodepool closed: its disruption budget allows 0 drifted nodes, so none is replaced",
      "nodepool drift: its disruption budget allows 0 drifted nodes, so none is replaced",
      "node a: has karpenter.sh/do-not-disrupt, so it is not replaced",
    ];
    expect(await trial.findings(id)).toEqual(stopped.map((text) => `warn ${text}`));
    expect(await trial.findings(id, rollback)).toEqual(stopped.map((text) => `fail ${text}`));
  });

  it("A cluster that serves no node pools has none, and one without Auto Mode is not asked", async () => {
    trial.kube.unserved.add("NodePool");
    expect(await trial.findings(id, {}, ["ok"])).toEqual(["ok 0 node pools: may replace their nodes"]);
    trial = await readinessTrial();
    expect(await trial.findings(id, {}, ["ok"])).toEqual([]);
  });
});
