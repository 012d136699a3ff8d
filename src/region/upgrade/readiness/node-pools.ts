import type { CheckFinding } from "../../../core/check.ts";
import { itemsOf } from "../../../core/items-of.ts";
import type { KubeObject } from "../../../core/kubernetes/object.ts";
import { shell } from "../../../core/shell-words.ts";
import { doNotDisrupt, isKept } from "./do-not-disrupt.ts";
import type { ReadinessCheck } from "./readiness-context.ts";

const id = "upgrade/node-pools";
const pool = { apiVersion: "karpenter.sh/v1", kind: "NodePool" } as const;

/** https://karpenter.sh/docs/concepts/disruption/#disruption-budgets */
interface NodePoolObject extends KubeObject {
  readonly spec?: {
    readonly disruption?: {
      readonly budgets?: readonly {
        readonly nodes: string;
        readonly reasons?: readonly string[];
        /** When it applies; always, if absent. */
        readonly schedule?: string;
      }[];
    };
  };
}

export const nodePools: ReadinessCheck = {
  id,
  title: "node pools of Auto Mode",
  explain:
    "Auto Mode replaces nodes of another version as drifted, within the disruption budgets of their node pool. A budget of 0 nodes, and a node with karpenter.sh/do-not-disrupt, stop that for as long as they exist. A rollback of the control plane waits for it and then fails, so there both are failures; an upgrade leaves such nodes behind, which is a warning. https://docs.aws.amazon.com/eks/latest/userguide/rollback-automode.html",
  async run({ cluster, step, kube, nodes }, signal) {
    if ((await cluster())?.auto === undefined) return [];
    const port = await kube();
    const served = await port.serves(pool.apiVersion, pool.kind, signal);
    const pools = served ? await itemsOf(port.list<NodePoolObject>(pool, signal)) : [];
    const severity = step.kind === "rollback" ? "fail" : "warn";
    const closed = pools.filter(isClosed).map(({ metadata: { name } }): CheckFinding => ({
      id,
      severity,
      subject: `nodepool ${name}`,
      summary: "its disruption budget allows 0 drifted nodes, so none is replaced",
      fix: `${port.kubectl} ${shell`edit nodepool ${name}`}`,
    }));
    const kept = (await nodes()).filter(isKept).map(({ metadata: { name } }): CheckFinding => ({
      id,
      severity,
      subject: `node ${name}`,
      summary: `has ${doNotDisrupt}, so it is not replaced`,
      fix: `${port.kubectl} ${shell`annotate node ${name} ${`${doNotDisrupt}-`}`}`,
    }));
    const findings = [...closed, ...kept];
    if (findings.length > 0) return findings;
    return [{ id, severity: "ok", subject: `${pools.length} node pools`, summary: "may replace their nodes" }];
  },
};

/** A budget with a schedule passes by itself. */
function isClosed({ spec }: NodePoolObject): boolean {
  return (spec?.disruption?.budgets ?? []).some(
    ({ nodes, reasons = ["Drifted"], schedule }) =>
      schedule === undefined && /^0%?$/.test(nodes) && reasons.includes("Drifted"),
  );
}
