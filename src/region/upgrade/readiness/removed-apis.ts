import type { CheckFinding } from "../../../core/check.ts";
import { minorOf } from "../../../core/kubernetes/minor-version.ts";
import { samplesOf } from "../../../core/prometheus-text.ts";
import type { ReadinessCheck } from "./readiness-context.ts";

const id = "upgrade/removed-apis";
/** https://kubernetes.io/docs/reference/instrumenting/metrics/ */
const metric = "apiserver_requested_deprecated_apis";

export const removedApis: ReadinessCheck = {
  id,
  title: "APIs that the version removes",
  explain:
    "The API server counts which deprecated APIs were requested since it was started, and in which version they are removed. A client that requests one that the next version removes is a failure: it stops working. EKS runs several API servers and restarts them, so that this shows what is in use and is no proof of what is not; the insights of EKS look at the last 30 days, and name the clients. https://kubernetes.io/docs/reference/using-api/deprecation-guide/",
  async run({ step, kube }, signal) {
    // A rollback goes to a version that still serves what was deprecated.
    if (step.kind === "rollback") return [];
    const cluster = await kube();
    const samples = samplesOf(await cluster.metrics(signal), metric).filter(({ value }) => value > 0);
    const uses = samples.flatMap(({ labels }): CheckFinding[] => {
      const { group = "", version = "", resource = "", removed_release: removed = "" } = labels;
      if (removed === "") return [];
      const isDue = minorOf(removed) <= minorOf(step.to);
      const api = `${group === "" ? version : `${group}/${version}`} ${resource}`;
      return [
        {
          id,
          severity: isDue ? "fail" : "warn",
          subject: `API ${api}`,
          summary: `is requested, and Kubernetes ${removed} removes it`,
          fix: `${cluster.kubectl} get --raw /metrics | grep ${metric}  # update its clients and manifests`,
          evidence: labels,
        },
      ];
    });
    if (uses.length > 0) return uses;
    return [{ id, severity: "ok", subject: "deprecated APIs", summary: "no request was seen by this API server" }];
  },
};
