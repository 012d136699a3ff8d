import { expect, it } from "vitest";
import { askOne } from "../../../test/support/health-trial.ts";
import { node } from "../../../test/support/kube-objects.ts";
import type { Finding } from "../../core/finding.ts";
import type { NodeObject } from "../../core/kubernetes/node.ts";
import { nodesReady } from "./nodes-ready.ts";

async function findingsOf(...objects: readonly NodeObject[]): Promise<readonly Finding[]> {
  return (await askOne(nodesReady, { objects })).findings;
}

const ready = { type: "Ready", status: "True" } as const;
const silent = {
  type: "Ready",
  status: "Unknown",
  reason: "NodeStatusUnknown",
  message: "Kubelet stopped posting node status.",
} as const;

it("Nodes that are ready are one finding", async () => {
  expect(await findingsOf(node("a"), node("b"))).toMatchObject([
    { severity: "ok", subject: "2 nodes", summary: "ready" },
  ]);
});

it("A node that is not ready is reported with Kubernetes' message", async () => {
  expect(await findingsOf(node("a"), node("b", [silent]), node("c", []))).toMatchObject([
    {
      severity: "fail",
      subject: "node b",
      summary: "not ready: NodeStatusUnknown: Kubelet stopped posting node status.",
      fix: "kubectl --context eu describe node b",
    },
    { severity: "fail", subject: "node c", summary: "not ready: its kubelet has never reported" },
  ]);
});

it("Nodes with the same problem are one finding", async () => {
  const findings = await findingsOf(...["a", "b", "c", "d", "e"].map((name) => node(name, [silent])));
  expect(findings).toMatchObject([
    { severity: "fail", subject: "5 nodes (a, b, c and 2 more)", evidence: { nodes: ["a", "b", "c", "d", "e"] } },
  ]);
});

it("Cordoned nodes and nodes under pressure are warnings", async () => {
  const pressed = { type: "DiskPressure", status: "True", message: "low on disk" } as const;
  const findings = await findingsOf(node("a", [ready], { unschedulable: true }), node("b", [ready, pressed]));
  expect(findings).toMatchObject([
    { severity: "warn", subject: "node a", fix: "kubectl --context eu uncordon a" },
    { severity: "warn", subject: "node b", summary: "DiskPressure: low on disk" },
  ]);
});

it("A cluster without nodes is a warning", async () => {
  expect(await findingsOf()).toMatchObject([{ severity: "warn", summary: "there are none: nothing can run" }]);
});
