import type { CheckFinding } from "../../core/check.ts";
import { shellWord } from "../../core/shell-words.ts";
import { awsFlags } from "../../core/aws-flags.ts";
import { regionTags } from "../ec2-tags.ts";
import { hasTags } from "../../core/has-tags.ts";
import { fieldOf, isGivenVpc } from "../given.ts";
import { type ListedSubnet, listedSubnets } from "../resources/given-subnets.ts";
import { balancerTag } from "../resources/balancer-tag.ts";
import type { RegionWorld } from "../world.ts";
import type { PreflightCheck } from "./preflight-context.ts";
import { shortName, wayOut } from "./way-out.ts";

const id = "preflight/given-network";

export const givenNetwork: PreflightCheck = {
  id,
  title: "VPC that gennet.yaml gives",
  explain:
    "gennet changes nothing of a VPC that `network.vpc` gives, so its owner has to. Nodes in the private subnets need a route to a NAT gateway, a transit gateway or the like, or else endpoints. Load balancers find their subnets by tags; without them, a Service of type LoadBalancer gets none. A VPC that enforces encryption in transit refuses resources that do not encrypt theirs (VpcEncryptionControlViolationException). An endpoint of `network.endpoints` that the VPC already has is refused by AWS.",
  async run({ world }, signal) {
    if (!isGivenVpc(world)) return [];
    const listed = await listedSubnets(world, signal);
    const findings = [
      ...untagged(listed, world),
      ...(await shutIn(world, signal)),
      ...(await doubled(world, signal)),
      ...(await encryption(world, signal)),
    ];
    const ok = { id, severity: "ok" as const, subject: about(world), summary: "has what a region needs" };
    return findings.length === 0 ? [ok] : findings;
  },
};

function about({ region }: RegionWorld): string {
  return `VPC ${region.network.vpc}`;
}

/** https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html */
function untagged(listed: readonly ListedSubnet[], world: RegionWorld): readonly CheckFinding[] {
  return (["private", "public"] as const).flatMap((kind): CheckFinding[] => {
    const key = balancerTag[kind];
    const without = listed.filter((each) => each.kind === kind && each.subnet?.tags[key] === undefined);
    const ids = without.flatMap(({ subnet }) => subnet?.id ?? []);
    if (ids.length === 0) return [];
    const resources = ids.map((each) => shellWord(each)).join(" ");
    const summary = `without the tag ${key}, load balancers do not find ${ids.join(", ")}`;
    const fix = `aws ec2 create-tags --resources ${resources} --tags Key=${key},Value=1 ${awsFlags(world)}`;
    return [{ id, severity: "warn", subject: fieldOf(world, "network", "subnets", kind), summary, fix }];
  });
}

async function shutIn(world: RegionWorld, signal: AbortSignal): Promise<readonly CheckFinding[]> {
  const { shut, endpoints } = await wayOut(world, signal);
  if (shut.length === 0 || endpoints.includes("s3")) return [];
  const summary = `${shut.join(", ")} ${shut.length === 1 ? "has" : "have"} no route out of the VPC, and there is no endpoint of S3, from which nodes get images`;
  const fix = `Add a route to a NAT gateway, or an endpoint of S3, to the route tables of ${shut.join(", ")}.`;
  return [{ id, severity: "fail", subject: fieldOf(world, "network", "subnets", "private"), summary, fix }];
}

/** AWS allows one endpoint of a service with private DNS in a VPC. */
async function doubled(world: RegionWorld, signal: AbortSignal): Promise<readonly CheckFinding[]> {
  const { vpc: vpcId = "", endpoints } = world.region.network;
  if (endpoints.length === 0) return [];
  const existing = await (await world.aws.service("ec2")).vpcEndpoints({ vpcId }, signal);
  const foreign = existing.filter(({ privateDns, tags }) => privateDns && !hasTags(tags, regionTags(world)));
  return foreign.flatMap(({ id: endpoint, service }): CheckFinding[] => {
    const index = endpoints.indexOf(shortName(service, world.region.awsRegion));
    if (index < 0) return [];
    const subject = fieldOf(world, "network", "endpoints", index);
    const summary = `${vpcId} already has ${endpoint} of ${service}, and AWS allows no second one`;
    const fix = `Remove ${endpoints[index]} from network.endpoints of region ${world.region.name} in gennet.yaml.`;
    return [{ id, severity: "fail", subject, summary, fix }];
  });
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/vpc-encryption-controls.html */
async function encryption(world: RegionWorld, signal: AbortSignal): Promise<readonly CheckFinding[]> {
  const { vpc: vpcId = "" } = world.region.network;
  const control = await (await world.aws.service("ec2")).encryptionControl(vpcId, signal);
  if (control?.mode !== "enforce") return [];
  const summary = `it enforces encryption in transit (${control.state}): AWS refuses nodes, databases and load balancers there that do not encrypt their traffic`;
  const fix = `aws ec2 describe-vpc-encryption-controls --vpc-ids ${shellWord(vpcId)} ${awsFlags(world)}  # shows what it excludes`;
  return [{ id, severity: "warn", subject: about(world), summary, fix }];
}
