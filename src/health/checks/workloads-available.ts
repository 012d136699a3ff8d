import type { Check, CheckFinding } from "../../core/check.ts";
import { unknownBecause } from "../../core/run-checks.ts";
import type { HealthContext } from "../health-context.ts";
import { probesOf } from "./mesh-probes.ts";
import { withWell } from "../with-well.ts";

export const workloadsAvailable: Check<HealthContext> = {
  id: "workloads/available",
  title: "workloads",
  explain:
    "Every Deployment, StatefulSet and DaemonSet should have as many available pods as desired. If it does not, the finding says why, according to the pods: an image that cannot be pulled, a container that crashes, no node to run on, a quota, a readiness probe that fails. A rollout in progress is a warning; one past its progress deadline is a failure.",
  needs: ["cluster/api"],
  async run({ kube, workloads }) {
    const { available, total, broken, unread } = await workloads();
    const id = "workloads/available";
    // A misspelt namespace has no workloads, and would appear healthy.
    if (total === 0 && (await kube.namespace?.exists()) === false) {
      return [{ id, severity: "fail", subject: `namespace ${kube.namespace?.name}`, summary: "does not exist" }];
    }
    const unknown = unread.map(({ kind, error }) => ({
      id,
      subject: `${kind.toLowerCase()}s`,
      ...unknownBecause(error),
    }));
    const findings: CheckFinding[] = [
      ...[...broken].map(([key, finding]) => ({ symptomOf: probesOf(key), ...finding, id })),
      ...unknown,
    ];
    const count = total - broken.size;
    const summary = count === total ? "all available" : "available";
    const none = "there are none: no Deployment, StatefulSet or DaemonSet";
    return withWell(findings, { id, count, one: "workload", summary, evidence: { available, total }, none });
  },
};
