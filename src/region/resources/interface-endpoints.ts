import type { EndpointChange, VpcEndpoint } from "../../aws/ec2/port.ts";
import { blocked, type Difference, ready, type ResourceContext } from "../../core/resource.ts";
import { deletions, together } from "../differences.ts";
import { hasTags } from "../../core/has-tags.ts";
import { identityTags, regionTags, resourceIn, resourceTags, restoreTags, taggedDifference } from "../ec2-tags.ts";
import { isDeleting, isFailed, isLiving, readinessOf } from "../endpoint-state.ts";
import { nameOf, type RegionResource, type RegionWorld, sole } from "../world.ts";
import { endpointGroup, wantsEndpoints } from "./endpoint-group.ts";
import { formerSubnets } from "./former-subnets.ts";
import { subnetName } from "./subnet-names.ts";
import { subnets } from "./subnets.ts";
import { inVpc, vpc } from "./vpc.ts";

type At = ResourceContext<RegionWorld>;

/** An endpoint that gennet.yaml asks for. */
interface Endpoint {
  /** `endpoint-ecr.api` */
  readonly name: string;
  /** `ecr.api` */
  readonly short: string;
  /** `com.amazonaws.eu-west-1.ecr.api`; undefined if AWS does not offer it. */
  readonly service: string | undefined;
  readonly living: VpcEndpoint | undefined;
  readonly failed: readonly VpcEndpoint[];
}

interface Actual {
  readonly endpoints: readonly Endpoint[];
  /** Ours that gennet.yaml does not ask for. */
  readonly spare: readonly VpcEndpoint[];
  readonly isDeleting: boolean;
}

/**
 * Lets the private subnets reach services without the internet, by their usual names. Outputs the number of endpoints.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html
 */
export const interfaceEndpoints: RegionResource<Actual, number> = {
  id: "endpoints",
  title: "VPC endpoints",
  needs: [vpc, subnets, formerSubnets, endpointGroup],
  wanted: wantsEndpoints,
  async read(at) {
    const { world, signal } = at;
    const { awsRegion, network } = world.region;
    const ec2 = await world.aws.service("ec2");
    const [found, offered] = await Promise.all([
      ec2.vpcEndpoints(inVpc(at), signal),
      network.endpoints.length === 0 ? [] : ec2.endpointServices("interface", signal),
    ]);
    const own = found.filter(({ type, tags }) => type === "interface" && hasTags(tags, regionTags(world)));
    const endpoints = network.endpoints.map((short): Endpoint => {
      const name = `endpoint-${short}`;
      const mine = own.filter(({ tags }) => hasTags(tags, identityTags(world, name)));
      // Some partitions begin the names of services differently.
      const service = offered.find((each) => each.endsWith(`.${awsRegion}.${short}`));
      const living = sole(mine.filter(isLiving), `VPC endpoint of ${short}`, world);
      return { name, short, service, living, failed: mine.filter(isFailed) };
    });
    const spare = own.filter((each) => isLiving(each) && !endpoints.some(({ living }) => living === each));
    return { endpoints, spare, isDeleting: own.some(isDeleting) };
  },
  diff({ endpoints, spare }, at) {
    const parts = endpoints.map((each) => [each.name, differenceIn(each, at)] as const);
    return together([...parts, ["endpoints", deletions(spare.map((each) => nameIn(each, at)))]]);
  },
  async apply({ endpoints, spare }, at) {
    const { world, signal } = at;
    const ec2 = await world.aws.service("ec2");
    for (const endpoint of endpoints) await applyEndpoint(endpoint, at);
    for (const { id } of spare) await ec2.deleteVpcEndpoint(id, signal);
  },
  ready: ({ endpoints }) =>
    endpoints.map(({ living, failed }) => readinessOf(living, failed)).find(({ state }) => state !== "ready") ?? ready,
  output: ({ endpoints }) => (endpoints.every(({ living }) => living !== undefined) ? endpoints.length : undefined),
  removal: {
    diff: (actual, at) => deletions(allOf(actual).map((each) => nameIn(each, at))),
    async apply(actual, { world, signal }) {
      const ec2 = await world.aws.service("ec2");
      for (const { id } of allOf(actual)) await ec2.deleteVpcEndpoint(id, signal);
    },
    gone: (actual) =>
      allOf(actual).length === 0 && !actual.isDeleting ? ready : { state: "waiting", detail: "deleting" },
  },
};

function allOf({ endpoints, spare }: Actual): readonly VpcEndpoint[] {
  const own = endpoints.flatMap(({ living, failed }) => [...(living === undefined ? [] : [living]), ...failed]);
  return [...own, ...spare];
}

function nameIn({ id, tags }: VpcEndpoint, { world }: At): string {
  const name = resourceIn(tags);
  return name === undefined ? id : nameOf(world, name);
}

/** One private subnet in each zone. */
function placesIn(at: At): readonly { readonly id: string }[] {
  return (at.output(subnets)?.subnets ?? []).filter(({ kind }) => kind === "private");
}

function differenceIn({ name, short, service, living }: Endpoint, at: At): Difference {
  const { world } = at;
  if (service === undefined) return blocked(`${world.region.awsRegion} has no interface endpoint of ${short}`);
  const { zones } = world.region.network;
  const count = typeof zones === "number" ? zones : zones.length;
  const planned = Array.from({ length: count }, (_, index) => `private-${index + 1}`);
  const names = (at.output(subnets)?.names ?? planned).filter((each) => each.startsWith("private-"));
  const group = nameOf(world, "endpoints");
  const desired = {
    fields: { service, subnets: names, "security group": group, "private DNS": true },
    tags: resourceTags(world, name),
  };
  const now = living && {
    fields: {
      service: living.service,
      subnets: living.subnetIds.map((id) => subnetName(id, at.output(subnets))),
      "security group": living.groupIds.includes(at.output(endpointGroup) ?? "")
        ? group
        : (living.groupIds[0] ?? "none"),
      "private DNS": living.privateDns,
    },
    tags: living.tags,
  };
  return taggedDifference(nameOf(world, name), now, desired, ["service"]);
}

async function applyEndpoint({ name, service = "", living, failed }: Endpoint, at: At): Promise<void> {
  const { world, signal } = at;
  const ec2 = await world.aws.service("ec2");
  const tags = resourceTags(world, name);
  const subnetIds = placesIn(at).map(({ id }) => id);
  const groupId = at.required(endpointGroup);
  if (living === undefined) {
    for (const { id } of failed) await ec2.deleteVpcEndpoint(id, signal);
    const vpcId = at.required(vpc);
    return void (await ec2.createVpcEndpoint({ type: "interface", vpcId, service, subnetIds, groupId }, tags, signal));
  }
  const change: EndpointChange = {
    addSubnetIds: subnetIds.filter((id) => !living.subnetIds.includes(id)),
    removeSubnetIds: living.subnetIds.filter((id) => !subnetIds.includes(id)),
    addGroupIds: living.groupIds.includes(groupId) ? [] : [groupId],
    ...(living.privateDns ? {} : { privateDns: true }),
  };
  const isChanged = Object.values(change).some((each) => each === true || each.length > 0);
  if (isChanged) await ec2.changeVpcEndpoint(living.id, change, signal);
  await restoreTags(ec2, living, tags, signal);
}
