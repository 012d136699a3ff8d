import type { InternetGateway } from "../../aws/ec2/port.ts";
import { ready, readyIfThere } from "../../core/resource.ts";
import { deletions } from "../differences.ts";
import { identityTags, resourceTags, restoreTags, taggedDifference } from "../ec2-tags.ts";
import { onlyInOwnVpc } from "../given.ts";
import { nameOf, sole } from "../world.ts";
import { vpc } from "./vpc.ts";

const name = "igw";

/** Outputs the gateway's id. */
export const internetGateway = onlyInOwnVpc<InternetGateway | undefined, string>({
  id: "internet-gateway",
  title: "Internet gateway",
  needs: [vpc],
  async read(at) {
    const { world, signal } = at;
    const ec2 = await world.aws.service("ec2");
    const vpcId = at.output(vpc);
    // A VPC has at most one.
    const [attached] = vpcId === undefined ? [] : await ec2.internetGateways({ vpcId }, signal);
    if (attached !== undefined) return attached;
    const own = await ec2.internetGateways({ tags: identityTags(world, name) }, signal);
    return sole(own, "internet gateway", world);
  },
  diff(actual, at) {
    const { world } = at;
    const vpcName = nameOf(world, "vpc");
    const attachedTo = actual?.vpcId === at.output(vpc) ? vpcName : (actual?.vpcId ?? "nothing");
    const now = actual && {
      fields: { "attached to": actual.vpcId === undefined ? "nothing" : attachedTo },
      tags: actual.tags,
    };
    const desired = { fields: { "attached to": vpcName }, tags: resourceTags(world, name) };
    const isElsewhere = actual?.vpcId !== undefined && attachedTo !== vpcName;
    return taggedDifference(nameOf(world, name), now, desired, isElsewhere ? ["attached to"] : []);
  },
  async apply(actual, at) {
    const { world, signal } = at;
    const ec2 = await world.aws.service("ec2");
    const tags = resourceTags(world, name);
    const id = actual?.id ?? (await ec2.createInternetGateway(tags, signal));
    if (actual?.vpcId === undefined) await ec2.attachInternetGateway(id, at.required(vpc), signal);
    if (actual !== undefined) await restoreTags(ec2, actual, tags, signal);
  },
  ready: readyIfThere,
  output: (actual) => actual?.id,
  removal: {
    diff: (actual, { world }) => deletions(actual === undefined ? [] : [nameOf(world, name)]),
    async apply(actual, { world, signal }) {
      if (actual === undefined) return;
      const ec2 = await world.aws.service("ec2");
      if (actual.vpcId !== undefined) await ec2.detachInternetGateway(actual.id, actual.vpcId, signal);
      await ec2.deleteInternetGateway(actual.id, signal);
    },
    gone: (actual) => (actual === undefined ? ready : { state: "waiting", detail: "still visible" }),
  },
});
