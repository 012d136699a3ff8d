import type { Check, CheckFinding } from "../../core/check.ts";
import { notInstalled, notOfAws } from "../eks-reads.ts";
import type { HealthContext } from "../health-context.ts";
import { withWell } from "../with-well.ts";

const id = "cluster/addons";
const subject = "EKS add-ons";
/** https://docs.aws.amazon.com/eks/latest/APIReference/API_Addon.html */
const passing = new Set(["CREATING", "UPDATING"]);

export const clusterAddons: Check<HealthContext> = {
  id,
  title: subject,
  explain:
    "Asks EKS for every add-on that `gennet region bootstrap` installs: its status, which should be ACTIVE, and its health issues. Without vpc-cni or kube-proxy, running nodes continue for a while, but the next node never becomes ready; without coredns, no name resolves; without eks-pod-identity-agent, new pods get no AWS credentials. `gennet region bootstrap` installs a missing one again.",
  async run({ eks }) {
    if (eks === undefined) return [notOfAws(id, subject)];
    const { name, region, installed } = eks;
    const none = notInstalled(id, subject, await eks.cluster(), name);
    if (none !== undefined) return [none];
    const addons = await installed.addons();
    const findings = addons.flatMap(([addon, found]): CheckFinding[] => {
      const about = { id, subject: `add-on ${addon}` };
      const fix = `gennet region bootstrap ${region}`;
      if (found === undefined) return [{ ...about, severity: "fail", summary: "is not installed", fix }];
      const { status, issues } = found;
      const told = issues.map((summary): CheckFinding => ({ ...about, severity: "fail", summary }));
      if (status === "ACTIVE") return told;
      return [...told, { ...about, severity: passing.has(status) ? "warn" : "fail", summary: status }];
    });
    if (findings.length > 0) return findings;
    const nothing = "EKS Auto Mode runs their functions itself";
    return withWell([], { id, count: addons.length, one: "add-on", summary: "ACTIVE", none: nothing });
  },
};
