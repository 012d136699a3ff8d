import type { Vpc } from "../../aws/port.ts";
import { nothing, ready } from "../../core/step.ts";
import { canonical } from "../cidr.ts";
import { namedTags, nameOf, ownTags, type RegionStep, sole } from "../world.ts";

/** Gives the VPC's id. */
export const vpc: RegionStep<Vpc | undefined, string> = {
  id: "vpc",
  title: "VPC",
  scope: "region",
  needs: [],
  read: async ({ world, signal }) => sole(await (await world.aws.ec2()).vpcs(ownTags(world), signal), "VPC", world),
  diff(actual, { world }) {
    const cidr = canonical(world.region.network.cidr);
    if (actual === undefined) return { action: "create", summary: `${nameOf(world, "vpc")}, ${cidr}`, details: [] };
    if (actual.cidr !== cidr) {
      const summary = `its range is ${actual.cidr}, gennet.yaml says ${cidr}: a VPC keeps the range it was made with`;
      return { action: "blocked", summary, details: [] };
    }
    // EKS needs DNS host names and resolution in the VPC; resolution is on by default.
    if (actual.dnsHostnames) return nothing;
    return { action: "update", summary: "its settings", details: ["switch DNS host names on"] };
  },
  async apply(actual, { world, signal }) {
    const ec2 = await world.aws.ec2();
    const cidr = canonical(world.region.network.cidr);
    const id = actual?.id ?? (await ec2.createVpc(cidr, namedTags(world, "vpc"), signal));
    await ec2.enableDnsHostnames(id, signal);
  },
  ready: (actual) =>
    actual?.state === "available" ? ready : { state: "waiting", detail: actual?.state ?? "not visible yet" },
  output: (actual) => actual?.id,
};
