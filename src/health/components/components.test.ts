import { describe, expect, it } from "vitest";
import { application, project } from "../../../test/support/applications.ts";
import { askAll, type HealthTrial } from "../../../test/support/health-trial.ts";
import { ago, node } from "../../../test/support/kube-objects.ts";
import { istiod, meshNamespace, meshPod, proxyAnswers, strictMesh, syncz } from "../../../test/support/mesh-objects.ts";
import { nonEmpty } from "../../../test/support/non-empty.ts";
import {
  platformApplications,
  platformWorkloads,
  scaledToZero,
  wholePlatform,
} from "../../../test/support/platform-objects.ts";
import type { TextView } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import { exitOf } from "../../core/finding.ts";
import { regionFindingLines } from "../../view/region-findings.ts";
import { healthChecks } from "../index.ts";

const components = { region: "eu", expected: wholePlatform };
const plain: TextView = { wide: false, columns: 120, paint: (_tone, text) => text };
const unserved = ["Application", "ApplicationSet", "ExternalSecret", "SecretStore", "ClusterSecretStore"];
const ready = { name: "app", image: "app", ready: true, restartCount: 0, state: { running: {} } };
const status = { phase: "Running", containerStatuses: [ready] };
const collecting = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "collector-1", namespace: "monitoring", labels: { app: "collector" } },
  status,
};
const controlling = { ...istiod("istiod-a"), status };
const orders = meshPod("orders-1", "orders", "10.0.0.1");
const current = application("orders", { reconciledAt: ago(1) });
const sent = 'otelcol_exporter_sent_spans{exporter="otlp_http"} 5\n';
const inMesh = [meshNamespace, strictMesh, orders];

/** A region in which everything runs. */
const whole: HealthTrial = {
  components,
  objects: [
    node("n1"),
    ...platformWorkloads(),
    controlling,
    ...inMesh,
    current,
    ...platformApplications(),
    project("default"),
    collecting,
  ],
  answers: {
    "istio-system/istiod-a:15014": [syncz({ "orders-1.shop": {} })],
    "shop/orders-1:15000": proxyAnswers([]),
    "monitoring/collector-1:8888": [sent],
  },
};

const isBad = ({ severity }: Finding): boolean => severity === "fail" || severity === "unknown" || severity === "warn";
const rootsOf = (findings: readonly Finding[]): string[] =>
  findings
    .filter((each) => isBad(each) && each.cause === undefined)
    .map(({ id, severity, subject, summary }) => `${severity} ${id} ${subject}: ${summary}`);
const symptomsOf = (findings: readonly Finding[], cause: string): string[] => [
  ...new Set(findings.filter((each) => each.cause === cause).map(({ id }) => id)),
];

describe("a cluster of which nothing is expected", () => {
  it("Every component that is not installed is one line, and every check has its finding in JSON", async () => {
    const findings = await askAll({ unserved, objects: [node("n1")] });
    const named = { ...plain, wide: true };
    const lines = regionFindingLines([""], findings, named).filter((line) => line.includes("not installed"));
    expect(lines).toEqual([
      "  - Argo CD: not installed: the API server does not serve Applications [platform/argocd]",
      "  - Istio: not installed: no istiod runs, and no pod has a proxy [platform/istio]",
      "  - External Secrets: not installed: the API server does not serve ExternalSecrets [platform/external-secrets]",
    ]);
    expect(regionFindingLines([""], findings, plain)).toEqual([]);
    const asked = new Set(findings.map(({ id }) => id));
    const unasked = healthChecks.filter(({ id }) => /^(mesh|breakers|gitops|secrets)\//.test(id) && !asked.has(id));
    expect(unasked.map(({ id }) => id)).toEqual([]);
    expect(exitOf(findings, true)).toBe(0);
  });

  it("A component that the user asked for is unknown once if it is not installed", async () => {
    const findings = await askAll({ meshExpected: true }, { only: ["mesh", "breakers", "platform/istio"] });
    expect(rootsOf(findings)).toEqual([
      "unknown platform/istio Istio: not installed: no istiod runs, and no pod has a proxy",
    ]);
  });

  it("A component that is installed has no finding about that", async () => {
    const { components: _, ...unexpecting } = whole;
    const { "monitoring/collector-1:8888": __, ...answers } = whole.answers ?? {};
    const findings = await askAll({ ...unexpecting, answers });
    expect(findings.filter(({ id }) => id.startsWith("platform/"))).toEqual([]);
  });
});

describe("a region that must have a platform", () => {
  it("A region in which everything runs is healthy", async () => {
    const findings = await askAll(whole);
    expect(rootsOf(findings)).toEqual([]);
    const own = findings.filter(({ id }) => id.startsWith("platform/"));
    expect(own.map(({ severity, subject }) => `${severity} ${subject}`)).toEqual([
      "ok Argo CD",
      "ok Istio",
      "ok External Secrets",
      "ok the OpenTelemetry Collector",
    ]);
  });

  it("In an empty cluster, the missing Argo CD is the cause of everything", async () => {
    const findings = await askAll({ components, unserved, objects: [node("n1")] });
    expect(rootsOf(findings)).toEqual(["fail platform/argocd Argo CD: is not installed"]);
    expect(regionFindingLines([""], findings, plain)).toEqual([
      "",
      "",
      "  ✖ Argo CD: is not installed [platform/argocd]",
      "      → gennet region bootstrap eu",
      "      because of it: Istio: is not installed",
      "      because of it: External Secrets: is not installed",
      "      because of it: the OpenTelemetry Collector: is not installed",
      "      skipped because of this: mesh, breakers, gitops, secrets, tracing/collector",
    ]);
    expect(exitOf(findings, false)).toBe(3);
  });

  it.each([
    ["external-secrets", "External Secrets", ["secrets/store", "secrets/ready", "secrets/fresh", "secrets/replicas"]],
    ["collector", "the OpenTelemetry Collector", ["tracing/collector"]],
  ])("A missing %s is one failure, and its checks are skipped because of it", async (name, title, symptoms) => {
    const objects = [
      ...platformWorkloads({ [name]: undefined }),
      current,
      ...platformApplications(),
      project("default"),
    ];
    const missing = { unserved: ["ExternalSecret", "SecretStore", "ClusterSecretStore"], objects, components };
    const findings = await askAll(missing, { only: ["platform", "secrets", "tracing", "gitops"] });
    expect(nonEmpty(rootsOf(findings)).filter((each) => each.includes(title))).toEqual([
      `fail platform/${name} ${title}: is not installed`,
    ]);
    expect(symptomsOf(findings, `platform/${name}`)).toEqual(symptoms);
  });

  it("A component that its Application cannot install is a symptom of the Application", async () => {
    const message = "chart 9.9.9 does not exist";
    const broken = application("platform-external-secrets", {
      reconciledAt: ago(1),
      sync: { status: "Unknown" },
      conditions: [{ type: "ComparisonError", message }],
    });
    const others = platformApplications("platform-external-secrets");
    const workloads = platformWorkloads({ "external-secrets": undefined });
    const objects = [...workloads, ...others, broken, project("default")];
    const asked = { only: ["platform/external-secrets", "platform/argocd", "gitops"] };
    const findings = await askAll({ components, objects }, asked);
    expect(rootsOf(findings)).toEqual([`fail gitops/source application platform-external-secrets: ${message}`]);
    expect(symptomsOf(findings, "gitops/source")).toContain("platform/external-secrets");
  });

  it("An Application that is not there is one failure, and bootstrap makes it again", async () => {
    const objects = [...platformWorkloads(), ...platformApplications("platform-istio"), project("default")];
    const findings = await askAll({ components, objects }, { only: ["platform", "gitops"] });
    expect(rootsOf(findings)).toEqual(["fail platform/istio Istio: Application platform-istio does not exist"]);
    expect(findings.find(({ severity }) => severity === "fail")?.fix).toBe("gennet region bootstrap eu");
  });

  it("A component that may not be read is unknown, and its own checks still run", async () => {
    const errors = { Deployment: new AppError("KUBE_DENIED", "no deployments for you") };
    const { "monitoring/collector-1:8888": _, ...answers } = whole.answers ?? {};
    const findings = await askAll({ ...whole, errors, answers });
    const severityOf = (id: string) => findings.find((each) => each.id === id)?.severity;
    expect([severityOf("platform/istio"), severityOf("mesh/sync")]).toEqual(["unknown", "ok"]);
  });

  it("A component that the team installs itself must be there", async () => {
    const own = [{ name: "istio", isManaged: false, workloads: [], applications: [] } as const];
    const source = { region: "eu", expected: own };
    const [missing] = await askAll({ components: source }, { only: ["platform/istio"] }).then((all) =>
      all.filter(({ id }) => id === "platform/istio"),
    );
    expect(missing).toMatchObject({ severity: "fail", subject: "Istio" });
    expect(missing?.fix).toContain("install Istio");
    const there = await askAll({ components: source, objects: [istiod("a")] }, { only: ["platform/istio"] });
    expect(there.find(({ id }) => id === "platform/istio")).toMatchObject({ severity: "ok" });
  });

  it("Argo CD that EKS runs has no pods, and is not installed if the cluster serves no Applications", async () => {
    const byEks = { name: "argocd", isManaged: true, workloads: [], applications: [] } as const;
    const others = wholePlatform.filter(({ name }) => name !== "argocd");
    const trial = { ...whole, components: { region: "eu", expected: [byEks, ...others] } };
    expect(rootsOf(await askAll(trial))).toEqual([]);
    const found = (await askAll({ ...trial, unserved })).find(({ id }) => id === "platform/argocd");
    expect(found).toMatchObject({ severity: "fail", fix: "gennet region bootstrap eu" });
  });

  it("A mesh that must be there is unknown without platform/istio, so that --only cannot hide it", async () => {
    const findings = await askAll({ components }, { only: ["mesh/mtls"] });
    expect(rootsOf(findings)).toEqual([
      "unknown mesh/mtls mutual TLS: Istio is not installed here: no istiod runs, and no pod has a proxy",
    ]);
  });
});

describe("a component that is installed but does not run", () => {
  const without = (name: string): HealthTrial => ({
    components,
    objects: [
      node("n1"),
      ...platformWorkloads({ [name]: scaledToZero }),
      ...inMesh,
      current,
      ...platformApplications(),
      project("default"),
    ],
    answers: { "shop/orders-1:15000": proxyAnswers([]) },
  });
  const beside = { objects: [controlling, collecting], answers: whole.answers ?? {} };
  const runs = (trial: HealthTrial, except: string): HealthTrial => ({
    ...trial,
    objects: [...(trial.objects ?? []), ...beside.objects.filter(({ metadata }) => !metadata.name.startsWith(except))],
    answers: {
      ...trial.answers,
      ...Object.fromEntries(Object.entries(beside.answers).filter(([key]) => !key.includes(`/${except}`))),
    },
  });

  it("istiod scaled to 0 is one failure, and what its proxies lack is a symptom", async () => {
    const findings = await askAll(runs(without("istiod"), "istiod"));
    expect(rootsOf(findings)).toEqual(["fail platform/istio Istio: deployment istio-system/istiod is scaled to 0"]);
    expect(findings.find(({ id }) => id === "platform/istio")?.fix).toBe(
      "kubectl --context eu -n istio-system scale deployment istiod --replicas=1",
    );
    expect(symptomsOf(findings, "platform/istio")).toEqual(["mesh/istiod", "mesh/sync"]);
    expect(findings.find(({ id }) => id === "mesh/mtls")).toMatchObject({ severity: "ok" });
  });

  it("Argo CD's controller scaled to 0 is one failure, although its Applications look outdated", async () => {
    const trial = runs(without("argocd-application-controller"), "none");
    const objects = (trial.objects ?? []).map((each) =>
      each.kind === "Application" ? application(each.metadata.name, { reconciledAt: ago(90) }) : each,
    );
    const findings = await askAll({ ...trial, objects });
    expect(rootsOf(findings)).toEqual([
      "fail platform/argocd Argo CD: deployment argocd/argocd-application-controller is scaled to 0",
    ]);
    expect(symptomsOf(findings, "platform/argocd")).toContain("gitops/controller");
  });

  it("Argo CD's repo-server scaled to 0 is one failure, although no Application can be compared", async () => {
    const trial = runs(without("argocd-repo-server"), "none");
    const message = "rpc error: code = Unavailable desc = connection error: dial tcp 172.20.3.4:8081: connect: refused";
    const silent = application("orders", {
      reconciledAt: ago(1),
      sync: { status: "Unknown" },
      conditions: [{ type: "ComparisonError", message }],
    });
    const objects = [...(trial.objects ?? []).filter((each) => each !== current), silent];
    expect(rootsOf(await askAll({ ...trial, objects }))).toEqual([
      "fail platform/argocd Argo CD: deployment argocd/argocd-repo-server is scaled to 0",
    ]);
  });

  it("External Secrets scaled to 0 is one failure, although no new ExternalSecret is synced", async () => {
    const trial = runs(without("external-secrets"), "none");
    const secret = {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata: { name: "orders", namespace: "shop" },
      spec: { secretStoreRef: { kind: "ClusterSecretStore", name: "aws" } },
    };
    const findings = await askAll({ ...trial, objects: [...(trial.objects ?? []), secret] });
    expect(rootsOf(findings)).toEqual([
      "fail platform/external-secrets External Secrets: deployment external-secrets/external-secrets is scaled to 0",
    ]);
    expect(symptomsOf(findings, "platform/external-secrets")).toEqual(["secrets/ready"]);
  });

  it("A workload scaled to 0 is one failure, although its Application is out of sync because of it", async () => {
    const resources = [
      {
        group: "apps",
        version: "v1",
        kind: "Deployment",
        namespace: "external-secrets",
        name: "external-secrets",
        status: "OutOfSync",
      },
    ];
    const differing = application("platform-external-secrets", {
      reconciledAt: ago(1),
      sync: { status: "OutOfSync" },
      resources: resources as never,
    });
    const trial = runs(without("external-secrets"), "none");
    const others = (trial.objects ?? []).filter(({ metadata: { name } }) => name !== "platform-external-secrets");
    const findings = await askAll({ ...trial, objects: [...others, differing] });
    expect(rootsOf(findings)).toEqual([
      "fail platform/external-secrets External Secrets: deployment external-secrets/external-secrets is scaled to 0",
    ]);
    expect(symptomsOf(findings, "platform/external-secrets")).toEqual(["gitops/sync"]);
  });

  it("A Collector scaled to 0 is one failure", async () => {
    const findings = await askAll(runs(without("collector"), "collector"));
    expect(rootsOf(findings)).toEqual([
      "fail platform/collector the OpenTelemetry Collector: deployment monitoring/collector is scaled to 0",
    ]);
    expect(symptomsOf(findings, "platform/collector")).toEqual(["tracing/collector"]);
  });

  it("A component whose pods are not available is a symptom of its workload", async () => {
    const none = { status: { readyReplicas: 0, availableReplicas: 0 } };
    const objects = [
      node("n1"),
      ...platformWorkloads({ istiod: none }),
      ...inMesh,
      current,
      ...platformApplications(),
      project("default"),
      collecting,
    ];
    const { "istio-system/istiod-a:15014": _, ...answers } = whole.answers ?? {};
    const findings = await askAll({ components, objects, answers });
    expect(rootsOf(findings)).toEqual(["fail workloads/available deployment istio-system/istiod: 0 of 3 available"]);
    expect(symptomsOf(findings, "workloads/available")).toEqual(["platform/istio", "mesh/istiod", "mesh/sync"]);
  });
});
