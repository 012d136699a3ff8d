import type { AnyResource } from "../core/resource.ts";
import { endpointGroup } from "./resources/endpoint-group.ts";
import { flowLog, flowLogGroup, flowLogRole } from "./resources/flow-log.ts";
import { formerSubnets } from "./resources/former-subnets.ts";
import { interfaceEndpoints } from "./resources/interface-endpoints.ts";
import { internetGateway } from "./resources/internet-gateway.ts";
import { natAddresses } from "./resources/nat-address.ts";
import { natGateways, regionalNatGateway } from "./resources/nat-gateway.ts";
import { privateRoutes, publicRoutes } from "./resources/route-table.ts";
import { s3Endpoint } from "./resources/s3-endpoint.ts";
import { subnets } from "./resources/subnets.ts";
import { vpcRanges } from "./resources/vpc-ranges.ts";
import { vpc } from "./resources/vpc.ts";
import type { RegionWorld } from "./world.ts";

/** The network of a region. */
export const networkResources: readonly AnyResource<RegionWorld>[] = [
  vpc,
  vpcRanges,
  internetGateway,
  subnets,
  formerSubnets,
  ...natAddresses,
  ...natGateways,
  regionalNatGateway,
  publicRoutes,
  privateRoutes,
  s3Endpoint,
  endpointGroup,
  interfaceEndpoints,
  flowLogRole,
  flowLogGroup,
  flowLog,
];
