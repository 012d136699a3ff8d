import type { VpcEndpoint } from "../../aws/ec2/port.ts";
import { ready, type ResourceContext } from "../../core/resource.ts";
import { deletions } from "../differences.ts";
import { hasTags } from "../../core/has-tags.ts";
import { identityTags, resourceTags, restoreTags, taggedDifference } from "../ec2-tags.ts";
import { isDeleting, isFailed, isLiving, readinessOf } from "../endpoint-state.ts";
import { isGivenVpc } from "../given.ts";
import { nameOf, type RegionResource, type RegionWorld, sole } from "../world.ts";
import { privateRoutes, publicRoutes } from "./route-table.ts";
import { inVpc, vpc } from "./vpc.ts";

interface Actual {
  readonly endpoint: VpcEndpoint | undefined;
  readonly failed: readonly VpcEndpoint[];
  readonly isDeleting: boolean;
}

const name = "endpoint-s3";

/**
 * Lets everything in the VPC reach S3, in which ECR keeps images, without a NAT gateway. Gateway endpoints are free.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
 */
export const s3Endpoint: RegionResource<Actual, string> = {
  id: "s3-endpoint",
  title: "VPC endpoint of S3",
  needs: [vpc, publicRoutes, privateRoutes],
  // It is a route in every table, and those of a given VPC belong to others.
  wanted: (world) => !isGivenVpc(world),
  async read(at) {
    const { world, signal } = at;
    const found = await (await world.aws.service("ec2")).vpcEndpoints(inVpc(at), signal);
    // An interface endpoint of S3 that gennet.yaml asks for has the same name.
    const own = found.filter(({ type, tags }) => type === "gateway" && hasTags(tags, identityTags(world, name)));
    const living = sole(own.filter(isLiving), "VPC endpoint of S3", world);
    // A route table has at most one route to S3, so an endpoint that lost its tags has to be known by its tables.
    const tables = tablesIn(at);
    const serving = found.find(
      (each) =>
        isLiving(each) && each.service === serviceIn(world) && tables.some((id) => each.routeTableIds.includes(id)),
    );
    return { endpoint: living ?? serving, failed: own.filter(isFailed), isDeleting: own.some(isDeleting) };
  },
  diff({ endpoint }, at) {
    const isComplete = [publicRoutes, privateRoutes].every((routes) => at.output(routes)?.isComplete === true);
    const has = isComplete && tablesIn(at).every((id) => endpoint?.routeTableIds.includes(id) === true);
    const all = "all";
    const now = endpoint && {
      fields: { service: endpoint.service, "route tables": has ? all : "some" },
      tags: endpoint.tags,
    };
    const desired = {
      fields: { service: serviceIn(at.world), "route tables": all },
      tags: resourceTags(at.world, name),
    };
    return taggedDifference(nameOf(at.world, name), now, desired, ["service"]);
  },
  async apply({ endpoint, failed }, at) {
    const { world, signal } = at;
    const ec2 = await world.aws.service("ec2");
    const tags = resourceTags(world, name);
    const routeTableIds = tablesIn(at);
    if (endpoint === undefined) {
      for (const { id } of failed) await ec2.deleteVpcEndpoint(id, signal);
      const vpcId = at.required(vpc);
      return void (await ec2.createVpcEndpoint(
        { type: "gateway", vpcId, service: serviceIn(world), routeTableIds },
        tags,
        signal,
      ));
    }
    const missing = routeTableIds.filter((id) => !endpoint.routeTableIds.includes(id));
    if (missing.length > 0) await ec2.changeVpcEndpoint(endpoint.id, { addRouteTableIds: missing }, signal);
    await restoreTags(ec2, endpoint, tags, signal);
  },
  ready: ({ endpoint, failed }) => readinessOf(endpoint, failed),
  output: ({ endpoint }) => endpoint?.id,
  removal: {
    diff: ({ endpoint, failed }, { world }) =>
      deletions(endpoint === undefined && failed.length === 0 ? [] : [nameOf(world, name)]),
    async apply({ endpoint, failed }, { world, signal }) {
      const ec2 = await world.aws.service("ec2");
      for (const { id } of [...(endpoint === undefined ? [] : [endpoint]), ...failed]) {
        await ec2.deleteVpcEndpoint(id, signal);
      }
    },
    gone: ({ endpoint, failed, isDeleting: goes }) =>
      endpoint === undefined && failed.length === 0 && !goes ? ready : { state: "waiting", detail: "deleting" },
  },
};

function serviceIn({ region }: RegionWorld): string {
  return `com.amazonaws.${region.awsRegion}.s3`;
}

function tablesIn(at: ResourceContext<RegionWorld>): readonly string[] {
  return [publicRoutes, privateRoutes].flatMap((routes) => at.output(routes)?.ids ?? []);
}
