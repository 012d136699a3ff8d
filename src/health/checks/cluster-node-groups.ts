import type { Check } from "../../core/check.ts";
import type { Finding } from "../../core/finding.ts";
import { notOfAws } from "../eks-reads.ts";
import type { HealthContext } from "../health-context.ts";
import { withWell } from "../with-well.ts";

const id = "cluster/node-groups";
const passing = new Set(["CREATING", "UPDATING"]);

export const clusterNodeGroups: Check<HealthContext> = {
  id,
  title: "EKS node groups",
  explain:
    "Asks EKS for every managed node group: its status, which should be ACTIVE, and its health issues, such as capacity that AWS does not have, an instance that does not join, or a deleted launch template. They often explain missing nodes.",
  async run({ eks }) {
    if (eks === undefined) return [notOfAws(id, "EKS node groups")];
    const groups = await eks.nodegroups();
    if (groups.length === 0 && (await eks.cluster()) === undefined) {
      const symptomOf = { id: "cluster/eks", about: `EKS cluster ${eks.name}` };
      const told = { summary: "skipped: the cluster does not exist", symptomOf };
      return [{ id, severity: "skip", subject: "EKS node groups", ...told }];
    }
    const findings = groups.flatMap((group): Finding[] => {
      const { name, status, issues } = group;
      const about = { id, subject: `node group ${name}` };
      const failed: Finding[] = issues.map((issue) => ({ ...about, severity: "fail", summary: issue }));
      if (status === "ACTIVE") return failed;
      return [...failed, { ...about, severity: passing.has(status) ? "warn" : "fail", summary: status }];
    });
    if (findings.length > 0) return findings;
    const none = "the cluster has none: EKS manages no nodes here";
    return withWell([], { id, count: groups.length, one: "node group", summary: "ACTIVE", none });
  },
};
