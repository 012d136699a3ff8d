import type { Check, CheckFinding } from "../../core/check.ts";
import { notOfAws } from "../eks-reads.ts";
import type { HealthContext } from "../health-context.ts";

/** States in which the cluster is usable while EKS works on it. */
const passing = new Set(["UPDATING", "PENDING"]);

export const clusterEks: Check<HealthContext> = {
  id: "cluster/eks",
  title: "EKS cluster",
  explain:
    "Asks EKS for the cluster's status, which should be ACTIVE, and for the health issues that EKS itself reports (a deleted subnet, a missing role, a KMS key that is gone). CREATING and FAILED mean that the region is not usable yet; `gennet region bootstrap` continues where it stopped. The kubeconfig context of the region must be this cluster's: otherwise what is reported of its API server, nodes and pods is of another one.",
  async run({ eks }) {
    if (eks === undefined) return [notOfAws("cluster/eks", "EKS cluster")];
    const cluster = await eks.cluster();
    const about = { id: "cluster/eks", subject: `EKS cluster ${eks.name}`, about: [`EKS cluster ${eks.name}`] };
    const fix = `gennet region bootstrap ${eks.region}`;
    if (cluster === undefined) return [{ ...about, severity: "fail", summary: "does not exist", fix }];
    const { status, version, issues } = cluster;
    const findings: CheckFinding[] = issues.map((issue) => ({ ...about, severity: "fail", summary: issue }));
    const mismatch = await eks.mismatch?.(cluster);
    if (mismatch !== undefined) {
      const [, update] = mismatch.next;
      const fix = update === undefined ? {} : { fix: update };
      findings.push({ ...about, severity: "fail", summary: mismatch.message, ...fix });
    }
    if (status === "ACTIVE" && findings.length > 0) return findings;
    const summary = `${status}, version ${version}`;
    if (status === "ACTIVE") return [{ ...about, severity: "ok", summary, evidence: { status, version } }];
    const severity = passing.has(status) ? "warn" : "fail";
    return [
      { ...about, severity, summary, ...(severity === "fail" ? { fix } : {}), evidence: { status, version } },
      ...findings,
    ];
  },
};
