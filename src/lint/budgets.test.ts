import { describe, expect, it } from "vitest";
import { lintFiles, told } from "../../test/support/lint-files.ts";

const ids = (...objects: string[]): string[] =>
  told(lintFiles({ "a.yaml": objects.join("---\n") }, { only: ["workload/budget"] })).map((line) =>
    line.replace(/^a\.yaml:\d+ /, ""),
  );
const deployment = (replicas: string, app = "orders", kind = "Deployment"): string => `apiVersion: apps/v1
kind: ${kind}
metadata: { name: ${app}, namespace: shop }
spec:
  ${replicas === "" ? "" : `replicas: ${replicas}`}
  template: { metadata: { labels: { app: ${app}, tier: api } }, spec: { containers: [{ name: a }] } }
`;
const budget = (
  spec: string,
  selector = "{ matchLabels: { app: orders } }",
  name = "orders",
): string => `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: ${name}, namespace: shop }
spec: { ${spec}${spec === "" ? "" : ","} selector: ${selector} }
`;
const scaler = (spec: string): string => `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: orders, namespace: shop }
spec: { ${spec}, maxReplicas: 6, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: orders } }
`;

describe("a PodDisruptionBudget that allows drains and protects pods", () => {
  it.each([
    ["2", "maxUnavailable: 1"],
    ["3", "minAvailable: 2"],
    ["2", "maxUnavailable: 10%"],
    ["4", "maxUnavailable: 25%"],
    ["3", "minAvailable: 50%"],
    ["2", "minAvailable: 50%"],
    ["10", "minAvailable: 90%"],
    ["1", "maxUnavailable: 1"],
    ["0", "minAvailable: 1"],
    ["2", "maxUnavailable: 1, unhealthyPodEvictionPolicy: AlwaysAllow"],
  ])("A PodDisruptionBudget allows drains and protects pods with %s replicas and %s", (replicas, spec) => {
    expect(ids(deployment(replicas), budget(spec))).toEqual([]);
  });
});

describe("a PodDisruptionBudget that blocks every drain", () => {
  it.each([
    ["1", "minAvailable: 1", "minAvailable 1 of 1 replica"],
    ["2", "minAvailable: 2", "minAvailable 2 of 2 replicas"],
    ["2", "minAvailable: 3", "minAvailable 3 of 2 replicas"],
    ["2", "maxUnavailable: 0", "maxUnavailable 0"],
    ["2", "maxUnavailable: 0%", "maxUnavailable 0%"],
    ["2", "minAvailable: 100%", "minAvailable 100%"],
    ["3", "minAvailable: 90%", "minAvailable 90% of 3 replicas"],
    ["2", "minAvailable: 51%", "minAvailable 51% of 2 replicas"],
    ["1", "minAvailable: 50%", "minAvailable 50% of 1 replica"],
    ["", "minAvailable: 1", "minAvailable 1 of 1 replica"],
  ])("A PodDisruptionBudget blocks every drain with %s replicas and %s", (replicas, spec, shown) => {
    expect(ids(deployment(replicas), budget(spec))).toEqual([`fail workload/budget: ${shown} blocks every drain`]);
  });

  it("A PodDisruptionBudget blocks every drain if an autoscaler's minimum is no more than its minAvailable", () => {
    expect(ids(deployment("5"), scaler("minReplicas: 1"), budget("minAvailable: 1"))).toHaveLength(1);
    expect(ids(deployment("1"), scaler("minReplicas: 3"), budget("minAvailable: 1"))).toEqual([]);
  });

  it("A PodDisruptionBudget blocks every drain if it has no amount", () => {
    expect(ids(deployment("2"), budget(""))).toEqual([
      "fail workload/budget: has neither minAvailable nor maxUnavailable, so it allows no eviction",
    ]);
  });
});

describe("a PodDisruptionBudget counts the replicas of every kind with a scale", () => {
  it.each(["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"])(
    "A PodDisruptionBudget counts the replicas of a %s",
    (kind) => {
      const isCore = kind === "ReplicationController";
      const workload = deployment("2", "orders", kind).replace("apps/v1", isCore ? "v1" : "apps/v1");
      expect(ids(workload, budget("maxUnavailable: 1"))).toEqual([]);
      expect(ids(workload, budget("minAvailable: 2"))).toEqual([
        "fail workload/budget: minAvailable 2 of 2 replicas blocks every drain",
      ]);
    },
  );
});

describe("a PodDisruptionBudget for a Deployment that a Rollout refers to", () => {
  const rollout = (replicas: string): string => `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: orders-rollout, namespace: shop }
spec: { ${replicas}workloadRef: { apiVersion: apps/v1, kind: Deployment, name: orders, scaleDown: onsuccess } }
`;

  it("A PodDisruptionBudget counts a Rollout's replicas, not the zero that it leaves its Deployment (argo-rollouts#3855)", () => {
    expect(ids(deployment("0"), rollout("replicas: 5, "), budget("minAvailable: 5"))).toEqual([
      "fail workload/budget: minAvailable 5 of 5 replicas blocks every drain",
    ]);
    expect(ids(deployment("0"), rollout("replicas: 5, "), budget("maxUnavailable: 10%"))).toEqual([]);
    expect(ids(deployment("0"), rollout(""), budget("minAvailable: 1"))).toEqual([
      "fail workload/budget: minAvailable 1 of 1 replica blocks every drain",
    ]);
  });

  it("A PodDisruptionBudget counts the minimum of a Rollout's autoscaler (traefik-helm-chart#1452)", () => {
    const scaled = scaler("minReplicas: 5").replace(
      "apps/v1, kind: Deployment, name: orders",
      "argoproj.io/v1alpha1, kind: Rollout, name: orders-rollout",
    );
    expect(ids(deployment("0"), rollout(""), scaled, budget("minAvailable: 5"))).toEqual([
      "fail workload/budget: minAvailable 5 of 5 replicas blocks every drain",
    ]);
    expect(ids(deployment("0"), rollout(""), scaled, budget("maxUnavailable: 1"))).toEqual([]);
  });

  it("A PodDisruptionBudget is required if a Rollout has more than one replica", () => {
    const found = lintFiles(
      { "a.yaml": `${deployment("0")}---\n${rollout("replicas: 5, ")}` },
      { only: ["workload/disruption"] },
    );
    expect(found.map(({ summary }) => summary)).toEqual(["has 5 replicas but no PodDisruptionBudget"]);
  });
});

describe("a PodDisruptionBudget that protects nothing", () => {
  it.each([
    ["2", "minAvailable: 0", "minAvailable 0"],
    ["2", "minAvailable: 0%", "minAvailable 0%"],
    ["2", "maxUnavailable: 100%", "maxUnavailable 100%"],
    ["2", "maxUnavailable: 2", "maxUnavailable 2 of 2 replicas"],
    ["2", "maxUnavailable: 60%", "maxUnavailable 60% of 2 replicas"],
  ])("A PodDisruptionBudget protects nothing with %s replicas and %s", (replicas, spec, shown) => {
    expect(ids(deployment(replicas), budget(spec))).toEqual([`fail workload/budget: ${shown} protects nothing`]);
  });
});

it("A PodDisruptionBudget that does not protect a single replica is a warning", () => {
  expect(ids(deployment("1"), budget("minAvailable: 0"))).toEqual([
    "warn workload/budget: minAvailable 0 protects nothing",
  ]);
  expect(ids(deployment("1"), budget("maxUnavailable: 1"))).toEqual([]);
});

describe("a PodDisruptionBudget with an empty selector (kubernetes#119731, kubernetes#95083)", () => {
  it("A PodDisruptionBudget with an empty selector selects every pod of its namespace, and one without a selector none", () => {
    expect(ids(deployment("3"), budget("minAvailable: 3", "{}"))).toEqual([
      "fail workload/budget: minAvailable 3 of 3 replicas blocks every drain",
    ]);
    const without = budget("minAvailable: 1", "{}", "inconsequential").replace(", selector: {}", "");
    expect(ids(deployment("3"), without, budget("minAvailable: 1", "{}", "total"))).toEqual([
      "fail workload/budget: has no selector, so it selects no pods",
    ]);
  });
});

describe("a PodDisruptionBudget that selects nothing", () => {
  const picksNothing = ["fail workload/budget: its selector matches no pods of the tree"];

  it("A PodDisruptionBudget selects nothing with labels of no pods, or without a selector, but not with an empty selector", () => {
    expect(ids(deployment("2"), budget("maxUnavailable: 1", "{ matchLabels: { app: carts } }"))).toEqual(picksNothing);
    expect(ids(deployment("2"), budget("maxUnavailable: 1", "null"))).toEqual([
      "fail workload/budget: has no selector, so it selects no pods",
    ]);
    expect(ids(deployment("2"), budget("maxUnavailable: 1", "{}"))).toEqual([]);
    const not = "{ matchExpressions: [{ key: app, operator: NotIn, values: [orders] }] }";
    expect(ids(deployment("2"), budget("maxUnavailable: 1", not))).toEqual(picksNothing);
  });

  it("A PodDisruptionBudget is unknown if the tree has no pods in the namespace", () => {
    expect(ids(budget("maxUnavailable: 1"))[0]).toContain("unknown workload/budget");
  });

  it("A PodDisruptionBudget that selects nothing is not reported if an operator creates the pods", () => {
    const prometheus = `apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: { name: k8s, namespace: shop }
spec: { podMetadata: { labels: { "app.kubernetes.io/part-of": monitoring } } }
`;
    const of = (labels: string): string => budget("maxUnavailable: 1", `{ matchLabels: ${labels} }`);
    expect(ids(deployment("2"), prometheus, of('{ "app.kubernetes.io/part-of": monitoring }'))).toEqual([]);
    expect(ids(deployment("2"), prometheus, of('{ "app.kubernetes.io/instance": k8s }'))).toEqual([]);
    expect(ids(deployment("2"), prometheus, of("{ app: carts }"))).toEqual(picksNothing);
  });
});

describe("two PodDisruptionBudgets", () => {
  const others = budget("maxUnavailable: 1", "{ matchLabels: { tier: api } }", "tier");

  it("Two PodDisruptionBudgets fail if they select the same pod", () => {
    expect(ids(deployment("2"), budget("maxUnavailable: 1"), others)).toEqual([
      "fail workload/budget: selects the pods of deployment orders, as does orders: a pod with two budgets cannot be evicted",
    ]);
  });

  it("Two PodDisruptionBudgets pass if they select different pods", () => {
    const carts = budget("maxUnavailable: 1", "{ matchLabels: { app: carts } }", "carts");
    expect(ids(deployment("2"), deployment("2", "carts"), budget("maxUnavailable: 1"), carts)).toEqual([]);
  });
});

describe("a PodDisruptionBudget for pods without replicas", () => {
  const job = deployment("").replace("apps/v1", "batch/v1").replace("Deployment", "Job");

  it("A PodDisruptionBudget cannot count a Job's pods, except with an absolute number", () => {
    expect(ids(job, budget("maxUnavailable: 1"))).toEqual([
      "fail workload/budget: selects the pods of Job orders, which cannot be counted for maxUnavailable: no eviction is allowed",
    ]);
    expect(ids(job, budget("minAvailable: 1"))).toEqual([
      "warn workload/budget: selects the pods of Job orders, and blocks drains until they finish",
    ]);
  });

  it("A PodDisruptionBudget has no effect on a DaemonSet", () => {
    expect(ids(deployment("", "orders", "DaemonSet"), budget("maxUnavailable: 1"))).toEqual([
      "warn workload/budget: selects the pods of DaemonSet orders, which drains ignore",
    ]);
  });
});

describe("a PodDisruptionBudget that the API server rejects", () => {
  it("A PodDisruptionBudget fails with a removed API version (kubesphere helm-charts#443)", () => {
    const old = budget("maxUnavailable: 1").replace("policy/v1", "policy/v1beta1");
    expect(ids(deployment("2"), old)).toEqual([
      "fail workload/budget: uses policy/v1beta1, which Kubernetes 1.25 removed: the API server rejects it",
    ]);
  });

  it.each([
    ["minAvailable: 1, maxUnavailable: 1", "has both minAvailable and maxUnavailable"],
    ['minAvailable: "1"', 'minAvailable "1" is neither a number of pods nor a percentage'],
    ["maxUnavailable: -1", "maxUnavailable -1 is neither"],
    ["maxUnavailable: 1, unhealthyPodEvictionPolicy: Always", "Always is not a valid unhealthyPodEvictionPolicy"],
  ])("A PodDisruptionBudget fails if the API server rejects it: %s", (spec, why) => {
    const [said] = ids(deployment("2"), budget(spec));
    expect(said).toContain(`fail workload/budget: ${why}`);
    expect(said).toContain("the API server rejects it");
  });
});

it("A PodDisruptionBudget with placeholders is unknown", () => {
  expect(ids(deployment("${REPLICAS}"), budget("minAvailable: 1"))).toEqual([
    "unknown workload/budget: whether minAvailable 1 allows a drain is unknown: the replicas are ${REPLICAS}, which contains a placeholder",
  ]);
  expect(ids(deployment("2"), budget('minAvailable: "${MIN}"'))[0]).toContain("unknown workload/budget");
});
