import type { Subnet } from "../../../aws/ec2/port.ts";
import type { Nodegroup } from "../../../aws/eks/port.ts";
import type { CheckFinding } from "../../../core/check.ts";
import { counted } from "../../../core/enumerate.ts";
import { tagNameOf } from "../../ec2-tags.ts";
import type { ReadinessCheck } from "./readiness-context.ts";

const id = "upgrade/addresses";
/** EKS puts the interfaces of new API servers into any of them: https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html */
const forControlPlane = 5;
/** https://docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html (scale up phase) */
const nodesPerZone = 2;

export const addresses: ReadinessCheck = {
  id,
  title: "free addresses for the change",
  explain:
    "EKS starts new API servers before it stops the old ones, and needs up to five free addresses in the cluster's subnets for them. To replace the nodes of a group, it first adds up to two for each zone, and each of them needs an address for itself and one for each of its pods.",
  async run(context, signal) {
    const { cluster, nodegroups, replacement, world } = context;
    const found = await cluster();
    if (found === undefined) return [];
    // The subnets of its node groups are in the same VPC.
    const all = await (await world.aws.service("ec2")).subnets({ vpcId: found.vpcId }, signal);
    const among = (ids: readonly string[]): readonly Subnet[] => all.filter(({ id: each }) => ids.includes(each));
    const judged = judgeControlPlane(found.subnetIds, among(found.subnetIds));
    if ((await replacement()) !== "node groups") return judged;
    const due = (await nodegroups()).filter(({ version, scaling }) => version !== context.step.to && scaling.max > 0);
    return [...judged, ...due.flatMap((group) => judgeGroup(group, among(group.subnetIds)))];
  },
};

function judgeControlPlane(wanted: readonly string[], rooms: readonly Subnet[]): readonly CheckFinding[] {
  const free = sum(rooms);
  const about = { id, subject: "subnets of the control plane", evidence: { free } };
  if (rooms.length < wanted.length) {
    const missing = wanted.length - rooms.length;
    const gone = missing === 1 ? "does not exist any more" : "do not exist any more";
    const fix = "Give the cluster subnets that exist, with `aws eks update-cluster-config --resources-vpc-config`.";
    return [{ ...about, severity: "fail", summary: `${counted(missing, "subnet")} of the cluster ${gone}`, fix }];
  }
  const has = counted(free, "free address", "free addresses");
  if (free < forControlPlane) {
    const summary = `${has}, but EKS needs up to ${forControlPlane}`;
    return [{ ...about, severity: "fail", summary, fix: "Free some addresses first." }];
  }
  const scarce = rooms.filter((room) => room.free < forControlPlane);
  if (scarce.length === 0) return [{ ...about, severity: "ok", summary: has }];
  return scarce.map((room) => ({
    id,
    severity: "warn",
    subject: `subnet ${tagNameOf(room)}`,
    summary: `${counted(room.free, "free address", "free addresses")}: EKS may need ${forControlPlane} in any of its subnets`,
    evidence: { free: room.free },
  }));
}

function judgeGroup({ name, subnetIds }: Nodegroup, rooms: readonly Subnet[]): readonly CheckFinding[] {
  const surge = nodesPerZone * subnetIds.length;
  const free = sum(rooms);
  const about = { id, subject: `subnets of node group ${name}`, evidence: { free, surge } };
  const has = counted(free, "free address", "free addresses");
  if (free >= surge * addressesOfNode) return [{ ...about, severity: "ok", summary: has }];
  const needs = `${has}, and EKS adds up to ${counted(surge, "node")} first`;
  const fix = "Free some addresses first.";
  if (free < surge) return [{ ...about, severity: "fail", summary: needs, fix }];
  return [{ ...about, severity: "warn", summary: `${needs}, with addresses for their pods`, fix }];
}

/** The VPC CNI keeps a network interface's worth of addresses on each node: ten for the smallest usual types. */
const addressesOfNode = 10;

function sum(rooms: readonly Subnet[]): number {
  return rooms.reduce((total, { free }) => total + free, 0);
}
