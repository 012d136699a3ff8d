import { describe, expect, it } from "vitest";
import { lintFiles, told } from "../../test/support/lint-files.ts";

const well = `ports: [{ containerPort: 8000 }]
          readinessProbe: { httpGet: { path: /, port: 8000 } }
          livenessProbe: { httpGet: { path: /, port: 8000 } }
          resources: { limits: { cpu: "1", memory: 1Gi } }`;
const workload = (container: string, spec = ""): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: shop }
spec:
  ${spec}
  template:
    metadata: { labels: { app: orders } }
    spec:
      containers:
        - name: app
          ${container}
`;
const ids = (...objects: string[]): string[] =>
  told(lintFiles({ "a.yaml": objects.join("---\n") }, { only: ["workload"] }));

describe("containers", () => {
  it("are well with probes and limits, which stand for requests", () => {
    expect(ids(workload(well))).toEqual([]);
  });

  it("need probes", () => {
    expect(ids(workload(well.replace("readinessProbe", "startupProbe")))).toEqual([
      "a.yaml:10 fail workload/readiness: container app has no readinessProbe",
    ]);
    expect(ids(workload(well.replace("livenessProbe", "startupProbe")))).toEqual([
      "a.yaml:10 warn workload/liveness: container app has no livenessProbe",
    ]);
    const worker = well.replace("ports:", "args:").replace("readinessProbe", "startupProbe");
    expect(ids(workload(worker))).toEqual(["a.yaml:10 warn workload/readiness: container app has no readinessProbe"]);
  });

  it("need requests and limits, or a LimitRange", () => {
    const some = workload(well.replace("limits: { cpu", "requests: { cpu"));
    expect(ids(some)).toEqual(["a.yaml:14 fail workload/resources: container app has no limits.cpu, limits.memory"]);
    const range =
      "apiVersion: v1\nkind: LimitRange\nmetadata: { name: a, namespace: shop }\nspec: { limits: [{ type: Container, default: { cpu: 1, memory: 1Gi } }] }\n";
    expect(ids(some, range)).toEqual([]);
    expect(ids(some, range.replace("shop", "ops"))).toHaveLength(1);
  });

  it("lack little without a cpu limit", () => {
    const resources = "{ requests: { cpu: 1, memory: 1Gi }, limits: { memory: 1Gi } }";
    const lax = workload(well.replace(/resources: .*/, `resources: ${resources}`));
    expect(ids(lax)).toEqual(["a.yaml:14 warn workload/resources: container app has no limits.cpu"]);
  });

  it("of a job are not asked", () => {
    expect(ids(workload("image: a").replace("apps/v1", "batch/v1").replace("Deployment", "Job"))).toEqual([]);
  });
});

describe("replicas", () => {
  const budget = (labels: string, namespace = "shop"): string => `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: orders, namespace: ${namespace} }
spec: { maxUnavailable: 1, selector: { matchLabels: ${labels} } }
`;
  const lacking = ["a.yaml:5 fail workload/disruption: keeps 2 replicas and has no PodDisruptionBudget"];

  it("need a budget that picks their pods", () => {
    const two = workload(well, "replicas: 2");
    expect(ids(two)).toEqual(lacking);
    expect(ids(two, budget("{ app: orders }"))).toEqual([]);
    expect(ids(two, budget("{ app: carts }"))).toEqual(lacking);
    expect(ids(two, budget("{ app: orders }", "ops"))).toEqual(lacking);
    expect(ids(workload(well, "replicas: 1"))).toEqual([]);
  });

  it("are what the autoscaler keeps", () => {
    const scaler = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: orders, namespace: shop }
spec: { minReplicas: 2, maxReplicas: 6, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: orders } }
`;
    expect(ids(workload(well), scaler)[0]).toContain("keeps 2 replicas");
    expect(ids(workload(well, "replicas: 2"), scaler.replace("minReplicas: 2, ", ""))).toEqual([]);
  });
});

describe("a container that Istio's injector fills in", () => {
  const gateway = (image: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ingress, namespace: istio-ingress }
spec:
  template:
    metadata:
      annotations: { inject.istio.io/templates: gateway }
      labels: { istio: ingress, sidecar.istio.io/inject: "true" }
    spec:
      containers: [{ name: istio-proxy${image} }]
`;
  const only = ["workload/readiness", "workload/liveness", "workload/resources"];

  it("needs no probes and resources in the tree", () => {
    expect(lintFiles({ "a.yaml": gateway(", image: auto") }, { only })).toEqual([]);
    expect(lintFiles({ "a.yaml": gateway("") }, { only })).toEqual([]);
    expect(lintFiles({ "a.yaml": gateway(", image: istio/proxyv2") }, { only })).not.toEqual([]);
  });
});
