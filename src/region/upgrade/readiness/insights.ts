import type { ClusterInsight } from "../../../aws/eks/insights.ts";
import type { CheckFinding } from "../../../core/check.ts";
import { listed } from "../../../core/enumerate.ts";
import type { Severity } from "../../../core/finding.ts";
import { shell } from "../../../core/shell-words.ts";
import { awsFlags } from "../../../core/aws-flags.ts";
import type { ReadinessCheck } from "./readiness-context.ts";

const id = "upgrade/insights";

/** https://docs.aws.amazon.com/eks/latest/userguide/rollback-cluster.html (insight status behavior) */
const severities: Readonly<Record<string, Severity>> = { PASSING: "ok", WARNING: "warn", ERROR: "fail" };

export const insights: ReadinessCheck = {
  id,
  title: "insights of EKS",
  explain:
    "EKS looks at a cluster once a day, and again when it is asked to: for clients of APIs that the next version removes, the versions of kubelets, kube-proxy and add-ons, and the cluster's health. After an upgrade, it also reports for seven days what would block a rollback. gennet has it look again first. ERROR is a failure, because EKS then refuses the change; WARNING is a warning; UNKNOWN is unknown, and EKS refuses a rollback because of it. https://docs.aws.amazon.com/eks/latest/userguide/cluster-insights.html",
  // The refresh alone takes minutes.
  timeoutMs: 20 * 60_000,
  async run({ world, step }, signal) {
    const { cluster } = world.region;
    const eks = await world.aws.service("eks");
    const fix = `${shell`aws eks list-insights --cluster-name ${cluster}`} ${awsFlags(world)}`;
    const isUpgrade = step.kind === "upgrade";
    const category = isUpgrade ? "UPGRADE_READINESS" : "ROLLBACK_READINESS";
    await eks.refreshInsights(cluster, signal);
    const query = { category, ...(isUpgrade ? { version: step.to } : {}) } as const;
    const found = await eks.insights(cluster, query, signal);
    if (found.length === 0) {
      const summary = isUpgrade
        ? `EKS has none about Kubernetes ${step.to}`
        : "EKS has none about a rollback: it has them for seven days after an upgrade";
      return [{ id, severity: "unknown", subject: `insights of ${cluster}`, summary, fix }];
    }
    const bad = found.filter(({ status }) => status !== "PASSING").map(toFinding);
    if (bad.length > 0) return bad;
    return [{ id, severity: "ok", subject: `${found.length} insights of ${cluster}`, summary: "pass" }];
  },
};

function toFinding(insight: ClusterInsight): CheckFinding {
  const { name, status, reason, version, recommendation, resources, deprecated } = insight;
  const uses = deprecated
    .filter(({ clients }) => clients.length > 0 || resources.length === 0)
    .map(({ usage, replacedWith, clients }) => {
      const by = clients.length === 0 ? "" : ` by ${listed(clients)}`;
      return `${usage}${by}${replacedWith === undefined ? "" : `, now ${replacedWith}`}`;
    });
  const about = resources.length === 0 ? [] : [listed(resources, 5)];
  return {
    id,
    severity: severities[status] ?? "unknown",
    subject: `insight ${name}`,
    summary: [reason || `is ${status}`, ...about, ...uses].join("; "),
    ...(recommendation === undefined ? {} : { fix: recommendation }),
    evidence: { status, ...(version === undefined ? {} : { version }), resources, deprecated },
  };
}
