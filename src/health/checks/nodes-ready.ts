import type { Check } from "../../core/check.ts";
import type { Finding, Severity } from "../../core/finding.ts";
import { foldAlike } from "../fold-alike.ts";
import type { HealthContext } from "../health-context.ts";
import { nodeKey } from "../lost-nodes.ts";
import type { NodeObject } from "../../core/kubernetes/node.ts";
import { withWell } from "../with-well.ts";
import { condition } from "../../core/kubernetes/object.ts";
import { enumerate } from "../../core/enumerate.ts";

const id = "nodes/ready";
const pressures = ["MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"] as const;

export const nodesReady: Check<HealthContext> = {
  id,
  title: "nodes",
  explain:
    "Every node should be Ready. A node that is not starts no new pods, and its pods are evicted after five minutes; the message is from the kubelet or the node controller. A cordoned node and a node that is short of memory, disk or process ids are warnings: their pods keep running.",
  needs: ["cluster/api"],
  async run({ kube, kubectl }) {
    const nodes = await kube.nodes();
    const alike = foldAlike(nodes.flatMap(problems), ({ severity, summary }) => `${severity} ${summary}`);
    const findings = alike.map((group) => toFinding(group, kubectl));
    if (findings.length > 0) return findings;
    const none: Finding = { id, severity: "warn", subject: "nodes", summary: "there are none: nothing can run" };
    return withWell([], { id, count: nodes.length, one: "node", summary: "ready", none });
  },
};

interface Problem {
  readonly node: string;
  readonly severity: Severity;
  readonly summary: string;
}

function problems(node: NodeObject): Problem[] {
  const about = { node: node.metadata.name };
  const ready = condition(node, "Ready");
  if (ready?.status !== "True") {
    const why =
      ready === undefined
        ? "its kubelet has never reported"
        : `${ready.reason ?? ready.status}: ${ready.message ?? ""}`;
    return [{ ...about, severity: "fail", summary: `not ready: ${why}` }];
  }
  const pressed: Problem[] = pressures.flatMap((type) => {
    const found = condition(node, type);
    return found?.status === "True"
      ? [{ ...about, severity: "warn", summary: `${type}: ${found.message ?? found.reason ?? ""}` }]
      : [];
  });
  if (node.spec?.unschedulable !== true) return pressed;
  return [...pressed, { ...about, severity: "warn", summary: "cordoned: no new pods are scheduled on it" }];
}

function toFinding(alike: readonly [Problem, ...Problem[]], kubectl: string): Finding {
  const nodes = alike.map((problem) => problem.node);
  const [{ node, severity, summary }] = alike;
  return {
    id,
    severity,
    subject: enumerate(nodes, "node"),
    about: nodes.map(nodeKey),
    summary,
    fix: summary.startsWith("cordoned") ? `${kubectl} uncordon ${node}` : `${kubectl} describe node ${node}`,
    evidence: { nodes },
  };
}
