import type { GroupInVpc, Vpc } from "../../aws/ec2/port.ts";
import { ready } from "../../core/resource.ts";
import { hasTags } from "../../core/has-tags.ts";
import { shell } from "../../core/shell-words.ts";
import { awsFlags } from "../../core/aws-flags.ts";
import { deletions } from "../differences.ts";
import { identityTags } from "../ec2-tags.ts";
import { fieldOf, type GivenFacts, isGivenVpc } from "../given.ts";
import { deleteGroups, leftGroups } from "../leftovers.ts";
import type { RegionWorld } from "../world.ts";

interface Given {
  readonly vpc: Vpc | undefined;
  /** A VPC that gennet made for the region. */
  readonly made: Vpc | undefined;
  /** Security groups that the cluster and its controllers left behind; only read to remove them. */
  readonly left: readonly GroupInVpc[];
}

/** The VPC of gennet.yaml. EKS needs DNS in it: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html */
export const givenVpc: GivenFacts<Given, string> = {
  isGiven: isGivenVpc,
  async read(at) {
    const { world, signal, removing } = at;
    const { vpc: id = "" } = world.region.network;
    const ec2 = await world.aws.service("ec2");
    const [vpc, [made]] = await Promise.all([ec2.vpc(id, signal), ec2.vpcs(identityTags(world, "vpc"), signal)]);
    return { vpc, made, left: removing === true && vpc !== undefined ? await leftGroups(id, at) : [] };
  },
  problem({ vpc, made }, { world }) {
    const why = whyNot(vpc, made, world);
    return why === undefined ? undefined : `${fieldOf(world, "network", "vpc")}: ${why}`;
  },
  output: ({ vpc }) => vpc?.id,
  removal: {
    diff: ({ left }) => deletions(left.map(({ name }) => `security group ${name}`)),
    apply: ({ left }, at) => deleteGroups(left, at),
    gone: ({ left }) => (left.length === 0 ? ready : { state: "waiting", detail: "security groups are still visible" }),
  },
};

function whyNot(vpc: Vpc | undefined, made: Vpc | undefined, world: RegionWorld): string | undefined {
  const { network, name, awsRegion, accountId } = world.region;
  const id = network.vpc ?? "";
  if (vpc === undefined) return `there is no ${id} in ${awsRegion} of account ${accountId}`;
  if (hasTags(vpc.tags, identityTags(world, "vpc"))) {
    return `${id} is what gennet made for region ${name}: remove network.vpc and network.subnets from gennet.yaml`;
  }
  if (made !== undefined) {
    return `region ${name} has ${made.id}, which gennet made: destroy the region before it moves to ${id}`;
  }
  if (vpc.state !== "available") return `${id} is ${vpc.state}`;
  const off = vpc.dnsSupport ? (vpc.dnsHostnames ? undefined : "hostnames") : "support";
  if (off === undefined) return undefined;
  const what = off === "support" ? "DNS resolution" : "DNS host names";
  const command = `${shell`aws ec2 modify-vpc-attribute --vpc-id ${id} --enable-dns-${off}`} ${awsFlags(world)}`;
  return `${what} of ${id} is off, and EKS needs it: ${command}`;
}
