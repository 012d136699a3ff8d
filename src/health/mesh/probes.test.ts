import { describe, expect, it } from "vitest";
import { askOne } from "../../../test/support/health-trial.ts";
import { deployment } from "../../../test/support/kube-objects.ts";
import { meshNamespace, meshPod, strictMesh } from "../../../test/support/mesh-objects.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import { meshProbes } from "../checks/mesh-probes.ts";
import { workloadsAvailable } from "../checks/workloads-available.ts";
import type { PodObject } from "../../core/kubernetes/pod.ts";

interface Opa {
  readonly probes?: object;
  readonly status?: object;
  readonly annotations?: Readonly<Record<string, string>>;
}

const rewritten = { readinessProbe: { httpGet: { path: "/app-health/app/readyz", port: 15020 } } };
const direct = { readinessProbe: { httpGet: { path: "/health", port: "diagnostics" } } };
const unready = { ready: false, restartCount: 0, state: { running: {} } };

/** A pod whose second sidecar, injected after Istio's, is probed on port 8282. */
function withOpa(name: string, { probes = direct, status = unready, annotations = {} }: Opa = {}): PodObject {
  const pod = meshPod(name, "orders", "10.0.0.1");
  const opa = { name: "opa", ports: [{ containerPort: 8282, name: "diagnostics" }], ...probes };
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations },
    spec: { ...pod.spec, containers: [{ name: "app", ...rewritten }, opa] },
    status: {
      ...pod.status,
      containerStatuses: [
        { name: "app", image: "app", ready: true, restartCount: 0, state: { running: {} } },
        { name: "opa", image: "opa", ...status },
      ],
    },
  } as PodObject;
}

const short = deployment("orders", { availableReplicas: 2, readyReplicas: 2 });
const policy = (spec: object): KubeObject => ({
  apiVersion: "security.istio.io/v1",
  kind: "PeerAuthentication",
  metadata: { name: "orders", namespace: "shop" },
  spec: { selector: { matchLabels: { app: "orders" } }, ...spec },
});

async function said(pods: readonly PodObject[], ...policies: readonly KubeObject[]): Promise<readonly string[]> {
  const objects = [meshNamespace, ...(policies.length === 0 ? [strictMesh] : policies), ...pods];
  const { findings } = await askOne(meshProbes, { objects });
  return findings.map(({ severity, subject, summary }) => `${severity} ${subject}: ${summary}`);
}

const refused = (what: string, part = "") =>
  `fail deployment shop/orders: its proxy refuses the kubelet's ${what} probe of container opa${part}: it is plain text to port 8282, where mTLS is STRICT (PeerAuthentication istio-system/default), and Istio has not rewritten it`;
const well = (pods: string) => `ok ${pods}: no kubelet probe is refused`;

describe("a probe that Istio has not rewritten", () => {
  // istio#53786, istio#36353
  it("A probe that Istio has not rewritten is refused under STRICT, and is why the workload is not available", async () => {
    expect(await said([withOpa("orders-1")])).toEqual([refused("readiness")]);
    const objects = [meshNamespace, strictMesh, withOpa("orders-1"), short];
    const { findings } = await askOne(workloadsAvailable, { objects }, [meshProbes]);
    expect(findings[0]).toMatchObject({ cause: "mesh/probes", causeSubject: "deployment shop/orders" });
  });

  it.each([
    ["liveness", { livenessProbe: { tcpSocket: { port: 8282 } } }],
    ["startup", { startupProbe: { grpc: { port: 8282 } } }],
  ])(
    "A %s probe that Istio has not rewritten is refused, so that its container keeps restarting",
    async (what, probes) => {
      const status = { ready: false, restartCount: 4, state: { waiting: { reason: "CrashLoopBackOff" } } };
      expect(await said([withOpa("orders-1", { probes, status })])).toEqual([refused(what)]);
    },
  );

  it("A finding counts the pods with such a probe", async () => {
    const other = withOpa("orders-2", { status: { ...unready, ready: true } });
    expect(await said([withOpa("orders-1"), other])).toEqual([
      refused("readiness", " in 1 of its 2 pods"),
      well("1 pod"),
    ]);
  });
});

describe("a probe that its proxy does not refuse", () => {
  it.each([
    [
      "rewritten by Istio",
      { probes: { readinessProbe: { httpGet: { path: "/app-health/opa/readyz", port: 15020 } } } },
    ],
    ["run in the container", { probes: { readinessProbe: { exec: { command: ["true"] } } } }],
    ["sent elsewhere", { probes: { readinessProbe: { httpGet: { path: "/", host: "127.0.0.1", port: 8282 } } } }],
    ["kept from the proxy", { annotations: { "traffic.sidecar.istio.io/excludeInboundPorts": "8282" } }],
    ["passed", { status: { ...unready, ready: true } }],
    ["of a container without an image", { status: { ...unready, state: { waiting: { reason: "ErrImagePull" } } } }],
  ])("The proxy does not refuse a probe that is %s", async (_what, opa: Opa) => {
    expect(await said([withOpa("orders-1", opa)])).toEqual([well("1 pod")]);
  });

  it("A probe to a port that accepts plain text is not refused", async () => {
    const port = policy({ mtls: { mode: "STRICT" }, portLevelMtls: { 8282: { mode: "PERMISSIVE" } } });
    expect(await said([withOpa("orders-1")], port)).toEqual([well("1 pod")]);
    const strict = policy({ mtls: { mode: "PERMISSIVE" }, portLevelMtls: { 8282: { mode: "STRICT" } } });
    expect((await said([withOpa("orders-1")], strict))[0]).toContain("STRICT (PeerAuthentication shop/orders)");
    expect(await said([withOpa("orders-1")], policy({}))).toEqual([well("1 pod")]);
  });
});
