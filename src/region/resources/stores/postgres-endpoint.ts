import type { Fields } from "../../../core/compare-fields.ts";
import type { AnyResource } from "../../../core/resource.ts";
import type { RegionResource, RegionWorld } from "../../world.ts";
import { postgresAddress } from "./postgres-address.ts";
import { isLoginGiven, postgresSecretName, wantsPostgres } from "./postgres-facts.ts";
import { postgresLogin } from "./postgres-login.ts";
import { postgres } from "./postgres.ts";
import { type FoundAddress, storeAddress } from "./store-address.ts";

/**
 * The endpoint of the region's own instance, in the secret of the login: services of the region read there, and it is the
 * name in the certificate of the instance, wherever the writer's name leads.
 */
export const postgresEndpoint: RegionResource<FoundAddress, Fields> = {
  ...storeAddress({
    id: "postgres-endpoint",
    title: "Endpoint of PostgreSQL",
    part: "endpoint",
    needs: [postgres, postgresLogin, postgresAddress],
    wanted: wantsPostgres,
    secret: postgresLogin,
    secretName: postgresSecretName,
    // Its replicas cannot be changed.
    secretWorld: ({ primary }) => primary.world,
    isWriter: ({ world }) => !isLoginGiven(world),
    address(at) {
      const host = at.output(postgres)?.host;
      return host === undefined ? undefined : { [`endpoint.${at.world.region.name}`]: host };
    },
  }),
  // The primary region's comes first: each of them writes the secret as a whole.
  get needsPrimary(): readonly AnyResource<RegionWorld>[] {
    return [postgresEndpoint];
  },
};
