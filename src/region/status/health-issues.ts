import type { CheckFinding } from "../../core/check.ts";
import { healthSteps } from "../health-steps.ts";
import type { RegionStatusCheck } from "./status-context.ts";

const id = "region/health";

export const healthIssues: RegionStatusCheck = {
  id,
  title: "health issues that EKS reports",
  explain:
    "EKS watches what a cluster, its node groups and its add-ons depend on: keys, roles, subnets, addresses, limits. It reports an issue also while the status is still ACTIVE, for instance if the cluster's KMS key is disabled, if instances cannot be launched, or if pods of an add-on do not run. Each issue is a failure, with EKS's own words and what helps.",
  async run({ cluster, nodegroups, addons }) {
    const plane = await cluster();
    if (plane === undefined) return [];
    const all = [
      { ...plane, subject: `cluster ${plane.name}` },
      ...(await nodegroups()).map((group) => ({ ...group, subject: `node group ${group.name}` })),
      ...(await addons()).map((addon) => ({ ...addon, subject: `add-on ${addon.name}` })),
    ];
    const found = all.flatMap(({ subject, arn, issues }) =>
      issues.map((issue): CheckFinding => {
        const [fix] = healthSteps([issue], arn);
        return { id, severity: "fail", subject, summary: issue, ...(fix === undefined ? {} : { fix }) };
      }),
    );
    if (found.length > 0) return found;
    return [
      { id, severity: "ok", subject: "cluster, node groups and add-ons", summary: "EKS reports no health issues" },
    ];
  },
};
