import type { CheckFinding } from "../../core/check.ts";
import { rangeContains } from "../../core/ip-range.ts";
import { isGivenVpc } from "../given.ts";
import { ownTags } from "../world.ts";
import { creationsOf, type PreflightCheck, steps } from "./preflight-context.ts";
import { wayOut } from "./way-out.ts";

const id = "preflight/endpoint";
/** https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html; S3 always has an endpoint. */
const withoutInternet = ["ec2", "ecr.api", "ecr.dkr", "sts", "eks-auth"];

export const endpoint: PreflightCheck = {
  id,
  title: "nodes can reach the API server",
  explain:
    "Nodes are in private subnets. They reach a private endpoint inside the VPC, and a public one through a NAT gateway, whose address must then be in `kubernetes.endpoint.cidrs`. Without a NAT gateway, they also need `network.endpoints` for the AWS services that they call. Otherwise they never join the cluster: EKS reports NodeCreationFailure after half an hour.",
  async run(context, signal) {
    if (creationsOf(context, steps.cluster) + creationsOf(context, steps.nodeGroup) === 0) return [];
    const { world } = context;
    const { kubernetes, name } = world.region;
    const findings: CheckFinding[] = [];
    const { shut: inside, endpoints } = await wayOut(world, signal);
    if (inside.length > 0) {
      const missing = withoutInternet.filter((service) => !endpoints.includes(service));
      if (missing.length > 0) {
        const why = isGivenVpc(world) ? `${inside.join(", ")}: no route out of the VPC` : "network.nat is none";
        const summary = `${why}, and network.endpoints has no ${missing.join(", ")}: nodes cannot join`;
        findings.push(blocker(summary, `Add them to network.endpoints of region ${name} in gennet.yaml.`));
      }
    }
    const { cidrs, private: isPrivate } = kubernetes.endpoint;
    if (isPrivate) return findings;
    const usePrivate = `Set kubernetes.endpoint.private of region ${name} to true in gennet.yaml.`;
    if (inside.length > 0) {
      return [...findings, blocker("it is only public, and nodes have no way to the internet", usePrivate)];
    }
    // The address from which nodes of another one's VPC come is not known.
    if (isGivenVpc(world)) return findings;
    const known = await (await world.aws.service("ec2")).addresses(ownTags(world), signal);
    const shut = known.map(({ publicIp }) => publicIp).filter((ip) => !isWithin(cidrs, ip));
    if (shut.length > 0) {
      const summary = `it is only public, and kubernetes.endpoint.cidrs excludes the NAT gateway's ${shut.join(", ")}`;
      findings.push(blocker(summary, `Add ${shut.map((ip) => `${ip}/32`).join(", ")} to it, or: ${usePrivate}`));
    } else if (known.length === 0 && !isWithin(cidrs, "0.0.0.0/0")) {
      const summary =
        "it is only public, and kubernetes.endpoint.cidrs cannot contain the NAT gateway's address, which AWS chooses at its creation";
      findings.push(blocker(summary, usePrivate));
    }
    return findings;
  },
};

function isWithin(cidrs: readonly string[], range: string): boolean {
  return cidrs.some((cidr) => rangeContains(cidr, range));
}

function blocker(summary: string, fix: string): CheckFinding {
  return { id, severity: "fail", subject: "endpoint of the cluster", summary, fix };
}
