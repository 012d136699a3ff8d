import type { ElasticAddress } from "../../aws/ec2/port.ts";
import { asDesired, creation, ready } from "../../core/resource.ts";
import { namedTags, nameOf, ownTags, type RegionResource, sole } from "../world.ts";

type Address = ElasticAddress & { readonly id: string };

/** The address from which nodes reach the outside. Outputs its allocation id. */
export const natAddress: RegionResource<Address | undefined, string> = {
  id: "nat-address",
  title: "Elastic IP of the NAT gateway",
  needs: [],
  async read({ world, signal }) {
    const found = await (await world.aws.service("ec2")).addresses(ownTags(world), signal);
    return sole(
      found.map((address) => ({ ...address, id: address.allocationId })),
      "Elastic IP",
      world,
    );
  },
  diff: (actual, { world }) => (actual === undefined ? { operations: [creation(nameOf(world, "nat"))] } : asDesired),
  apply: async (_actual, { world, signal }) =>
    void (await (await world.aws.service("ec2")).allocateAddress(namedTags(world, "nat"), signal)),
  ready: (actual) => (actual === undefined ? { state: "waiting", detail: "not visible yet" } : ready),
  output: (actual) => actual?.allocationId,
};
