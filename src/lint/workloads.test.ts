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
  it("Containers are complete with probes and limits, which also count as requests", () => {
    expect(ids(workload(well))).toEqual([]);
  });

  it("Containers need probes", () => {
    expect(ids(workload(well.replace("readinessProbe", "startupProbe")))).toEqual([
      "a.yaml:10 fail workload/readiness: container app has no readinessProbe",
    ]);
    expect(ids(workload(well.replace("livenessProbe", "startupProbe")))).toEqual([
      "a.yaml:10 warn workload/liveness: container app has no livenessProbe",
    ]);
    const worker = well.replace("ports:", "args:").replace("readinessProbe", "startupProbe");
    expect(ids(workload(worker))).toEqual(["a.yaml:10 warn workload/readiness: container app has no readinessProbe"]);
  });

  it.each(["{}", "{ httpGet: {} }", "{ exec: {} }", "{ tcpSocket: { host: a } }", "{ initialDelaySeconds: 5 }", "[]"])(
    "A probe without a complete handler does not count: %s",
    (probe) => {
      const asked = "{ httpGet: { path: /, port: 8000 } }";
      expect(ids(workload(well.replace(`livenessProbe: ${asked}`, `livenessProbe: ${probe}`)))).toEqual([
        "a.yaml:10 warn workload/liveness: container app has no livenessProbe",
      ]);
    },
  );

  it("A limit of 0 does not count", () => {
    const limits = (memory: string): string[] => ids(workload(well.replace("memory: 1Gi", `memory: ${memory}`)));
    for (const none of ["0", '"0"', "0Mi"]) {
      expect(limits(none)).toEqual([
        "a.yaml:14 fail workload/resources: container app has no requests.memory, limits.memory",
      ]);
    }
    expect(limits('"${MEMORY}"')).toEqual([]);
  });

  it("Rules apply to every kind that keeps pods running, and to nothing that another object owns", () => {
    const all = ["workload/readiness", "workload/liveness", "workload/resources"];
    const bare = workload("image: a");
    const of = (apiVersion: string, kind: string, metadata = ""): string[] =>
      lintFiles(
        {
          "a.yaml": bare
            .replace("apps/v1", apiVersion)
            .replace("Deployment", kind)
            .replace("namespace: shop", `namespace: shop${metadata}`),
        },
        { only: ["workload"] },
      ).map(({ id }) => id);
    for (const kind of ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"]) {
      expect(of("apps/v1", kind).sort()).toEqual([...all].sort());
    }
    expect(of("v1", "ReplicationController").sort()).toEqual([...all].sort());
    expect(of("argoproj.io/v1alpha1", "Rollout").sort()).toEqual([...all].sort());
    for (const [apiVersion, kind, owner] of [
      ["apps/v1", "ReplicaSet", "Deployment"],
      ["v1", "ReplicationController", "DeploymentConfig"],
    ] as const) {
      expect(of(apiVersion, kind, `, ownerReferences: [{ kind: ${owner}, name: orders }]`)).toEqual([]);
    }
    expect(of("batch/v1", "Job")).toEqual([]);
  });

  it("Containers need requests and limits, or a LimitRange", () => {
    const some = workload(well.replace("limits: { cpu", "requests: { cpu"));
    expect(ids(some)).toEqual(["a.yaml:14 fail workload/resources: container app has no limits.cpu, limits.memory"]);
    const range =
      "apiVersion: v1\nkind: LimitRange\nmetadata: { name: a, namespace: shop }\nspec: { limits: [{ type: Container, default: { cpu: 1, memory: 1Gi } }] }\n";
    expect(ids(some, range)).toEqual([]);
    expect(ids(some, range.replace("shop", "ops"))).toHaveLength(1);
  });

  it("A container without a cpu limit is a warning", () => {
    const resources = "{ requests: { cpu: 1, memory: 1Gi }, limits: { memory: 1Gi } }";
    const lax = workload(well.replace(/resources: .*/, `resources: ${resources}`));
    expect(ids(lax)).toEqual(["a.yaml:14 warn workload/resources: container app has no limits.cpu"]);
  });

  it("A probe that is null, or has no handler, does not count", () => {
    for (const none of ["null", "~", "{}", "{ periodSeconds: 5 }", ""]) {
      const container = well
        .replace(/readinessProbe: .*/, `readinessProbe: ${none}`)
        .replace(/livenessProbe: .*/, `livenessProbe: ${none}`);
      expect(ids(workload(container))).toEqual([
        "a.yaml:10 warn workload/liveness: container app has no livenessProbe",
        "a.yaml:10 fail workload/readiness: container app has no readinessProbe",
      ]);
    }
  });

  it("Resources that are null do not count", () => {
    const container = well.replace(
      /resources: .*/,
      "resources: { limits: null, requests: { cpu: null, memory: 1Gi } }",
    );
    expect(ids(workload(container))).toEqual([
      "a.yaml:14 fail workload/resources: container app has no requests.cpu, limits.cpu, limits.memory",
    ]);
  });

  it("Sidecars count as containers: init containers that are restarted", () => {
    const init = (more: string): string =>
      workload(well).replace(
        "      containers:",
        `      initContainers: [{ name: proxy, image: a, ports: [{ containerPort: 1 }]${more} }]\n      containers:`,
      );
    expect(ids(init(""))).toEqual([]);
    expect(ids(init(", restartPolicy: Always"))).toEqual([
      "a.yaml:9 warn workload/liveness: container proxy has no livenessProbe",
      "a.yaml:9 fail workload/readiness: container proxy has no readinessProbe",
      "a.yaml:9 fail workload/resources: container proxy has no requests.cpu, requests.memory, limits.cpu, limits.memory",
    ]);
  });

  it("Containers share the resources of the pod", () => {
    const bare = well.replace(/\n\s*resources: .*/, "");
    const pod = (resources: string): string =>
      workload(bare).replace(
        "    spec:\n      containers:",
        `    spec:\n      resources: ${resources}\n      containers:`,
      );
    expect(ids(pod("{ requests: { cpu: 1, memory: 1Gi }, limits: { cpu: 1, memory: 1Gi } }"))).toEqual([]);
    expect(ids(pod("{ limits: { cpu: 1, memory: 1Gi } }"))).toEqual([]);
    expect(ids(pod("{ requests: { cpu: 1, memory: 1Gi }, limits: { cpu: 1 } }"))).toEqual([
      "a.yaml:11 fail workload/resources: container app has no limits.memory",
    ]);
  });

  it("Containers get missing resources from a LimitRange, resource by resource", () => {
    const bare = workload(well.replace(/\n\s*resources: .*/, ""));
    const range = (item: string): string =>
      `apiVersion: v1\nkind: LimitRange\nmetadata: { name: range, namespace: shop }\nspec: { limits: [{ ${item} }] }\n`;
    const lacking = (item: string): string[] =>
      ids(bare, range(item)).map((line) => line.replace(/.* container app /, ""));
    expect(lacking("type: Container, default: { cpu: 1, memory: 1Gi }")).toEqual([]);
    expect(lacking("type: Container, max: { cpu: 1, memory: 1Gi }")).toEqual([]);
    expect(lacking("type: Container, default: { cpu: 1 }, defaultRequest: { cpu: 100m, memory: 64Mi }")).toEqual([
      "has no limits.memory",
    ]);
    expect(lacking("type: Container, default: { memory: 1Gi }")).toEqual(["has no requests.cpu, limits.cpu"]);
    expect(lacking("type: Container, min: { cpu: 1, memory: 1Gi }")).toEqual(["has no limits.cpu, limits.memory"]);
    expect(lacking("type: Pod, max: { cpu: 1, memory: 1Gi }")).toHaveLength(1);
    expect(lacking("type: Container, default: { memory: null, cpu: 1 }")).toEqual([
      "has no requests.memory, limits.memory",
    ]);
  });

  it("Containers fail if a LimitRange rejects their pods", () => {
    const range = (item: string): string =>
      `apiVersion: v1\nkind: LimitRange\nmetadata: { name: range, namespace: shop }\nspec: { limits: [{ type: Container, ${item} }] }\n`;
    const said = (item: string): string[] => ids(workload(well), range(item));
    const rejected = "a.yaml:14 fail workload/resources: container app: its pods are rejected:";
    expect(said("max: { memory: 512Mi }")).toEqual([
      `${rejected} requests.memory 1Gi is above the maximum 512Mi of LimitRange range`,
      `${rejected} limits.memory 1Gi is above the maximum 512Mi of LimitRange range`,
    ]);
    expect(said("min: { cpu: 1500m }")).toHaveLength(2);
    expect(said("max: { memory: 1024Mi }, min: { cpu: 1000m }")).toEqual([]);
    expect(said("maxLimitRequestRatio: { cpu: 1 }")).toEqual([]);
    const wide = workload(well.replace("resources: {", "resources: { requests: { cpu: 100m },"));
    expect(ids(wide, range("maxLimitRequestRatio: { cpu: 4 }"))).toEqual([
      `${rejected} limits.cpu is more than 4 times its request, the maximum of LimitRange range`,
    ]);
  });

  it("Containers of a job are not checked", () => {
    expect(ids(workload("image: a").replace("apps/v1", "batch/v1").replace("Deployment", "Job"))).toEqual([]);
  });
});

describe("replicas", () => {
  const budget = (labels: string, namespace = "shop"): string => `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: orders, namespace: ${namespace} }
spec: { maxUnavailable: 1, selector: { matchLabels: ${labels} } }
`;
  const lacking = ["a.yaml:5 fail workload/disruption: has 2 replicas but no PodDisruptionBudget"];

  it("Replicas need a budget that selects their pods", () => {
    const two = workload(well, "replicas: 2");
    expect(ids(two)).toEqual(lacking);
    expect(ids(two, budget("{ app: orders }"))).toEqual([]);
    expect(ids(two, budget("{ app: carts }"))).toContain(lacking[0]);
    expect(ids(two, budget("{ app: orders }", "ops"))).toContain(lacking[0]);
    expect(ids(workload(well, "replicas: 1"))).toEqual([]);
  });

  it("Replicas are unknown if they are a placeholder", () => {
    expect(ids(workload(well, "replicas: ${REPLICAS}"))).toEqual([
      "a.yaml:5 unknown workload/disruption: spec.replicas depends on ${REPLICAS}, which is not filled in here",
    ]);
  });

  it("Replicas are the minimum of the autoscaler", () => {
    const scaler = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: orders, namespace: shop }
spec: { minReplicas: 2, maxReplicas: 6, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: orders } }
`;
    expect(ids(workload(well), scaler)[0]).toContain("has 2 replicas");
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

  it("A container that Istio's injector fills in needs no probes and resources in the tree", () => {
    expect(lintFiles({ "a.yaml": gateway(", image: auto") }, { only })).toEqual([]);
    expect(lintFiles({ "a.yaml": gateway("") }, { only })).toEqual([]);
    expect(lintFiles({ "a.yaml": gateway(", image: istio/proxyv2") }, { only })).not.toEqual([]);
  });
});
