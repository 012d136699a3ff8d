import type { Check, CheckFinding } from "../../core/check.ts";
import { counted } from "../../core/enumerate.ts";
import { notInstalled, notOfAws } from "../eks-reads.ts";
import type { HealthContext } from "../health-context.ts";

const id = "cluster/network";
const subject = "NAT gateways";

export const clusterNetwork: Check<HealthContext> = {
  id,
  title: subject,
  explain:
    "Asks EC2 for the NAT gateways that `gennet region bootstrap` creates, as many as `network.nat` in gennet.yaml requires. Nodes in private subnets pull images and call AWS through them: without one, running pods continue, but nothing new starts. `gennet region plan` compares the whole network.",
  async run({ eks }) {
    if (eks === undefined) return [notOfAws(id, subject)];
    const { name, region, installed } = eks;
    const none = notInstalled(id, subject, await eks.cluster(), name);
    if (none !== undefined) return [none];
    const wanted = installed.natGateways;
    if (wanted === 0) return [{ id, severity: "skip", subject, summary: "network.nat is none" }];
    const gateways = await installed.gateways();
    const available = gateways.filter(({ state }) => state === "available").length;
    if (available >= wanted) {
      return [{ id, severity: "ok", subject: counted(available, "NAT gateway"), summary: "available" }];
    }
    const pending = gateways.filter(({ state }) => state === "pending").length;
    const failures = gateways.flatMap(({ failure }) => failure ?? []);
    const why = failures.length === 0 ? "" : `: ${failures.join("; ")}`;
    const finding: CheckFinding = {
      id,
      severity: available + pending >= wanted ? "warn" : "fail",
      subject,
      summary: `${available} of ${wanted} available${why}`,
      fix: `gennet region bootstrap ${region}`,
      evidence: { states: gateways.map(({ id: gateway, state }) => `${gateway} ${state}`) },
    };
    return [finding];
  },
};
