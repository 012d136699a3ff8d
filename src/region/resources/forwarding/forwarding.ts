import type { AnyResource } from "../../../core/resource.ts";
import type { RegionWorld } from "../../world.ts";
import { peeringAcceptance } from "./peering-acceptance.ts";
import { peeringRoutes } from "./peering-routes.ts";
import { peering } from "./peering.ts";
import { postgresAccess } from "./postgres-access.ts";
import { writerAssociation } from "./writer-association.ts";
import { writerRecord } from "./writer-record.ts";
import { writerZone } from "./writer-zone.ts";

/** What brings writes from a region without the source to the one with it. */
export const forwarding: readonly AnyResource<RegionWorld>[] = [
  peering,
  peeringAcceptance,
  peeringRoutes,
  postgresAccess,
  writerZone,
  writerAssociation,
  writerRecord,
];
