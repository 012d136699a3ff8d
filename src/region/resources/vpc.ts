import type { Vpc } from "../../aws/ec2/port.ts";
import { asDesired, creation, immutable, ready, update } from "../../core/resource.ts";
import { canonical } from "../cidr.ts";
import { namedTags, nameOf, ownTags, type RegionResource, sole } from "../world.ts";

/** Outputs the VPC's id. */
export const vpc: RegionResource<Vpc | undefined, string> = {
  id: "vpc",
  title: "VPC",
  needs: [],
  read: async ({ world, signal }) =>
    sole(await (await world.aws.service("ec2")).vpcs(ownTags(world), signal), "VPC", world),
  diff(actual, { world }) {
    const target = nameOf(world, "vpc");
    const range = canonical(world.region.network.cidr);
    // EKS needs DNS host names and resolution in the VPC; resolution is on by default.
    const dns = "DNS host names";
    if (actual === undefined) return { operations: [creation(target, { range, [dns]: true })] };
    if (actual.cidr !== range) return immutable(target, "range", actual.cidr, range);
    return actual.dnsHostnames ? asDesired : { operations: [update(target, dns, true)] };
  },
  async apply(actual, { world, signal }) {
    const ec2 = await world.aws.service("ec2");
    const cidr = canonical(world.region.network.cidr);
    const id = actual?.id ?? (await ec2.createVpc(cidr, namedTags(world, "vpc"), signal));
    await ec2.enableDnsHostnames(id, signal);
  },
  ready: (actual) =>
    actual?.state === "available" ? ready : { state: "waiting", detail: actual?.state ?? "not visible yet" },
  output: (actual) => actual?.id,
};
