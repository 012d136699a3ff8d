import { isPrimary } from "../../primary-region.ts";
import { forwardsWrites, writerName } from "../forwarding/forwarding-facts.ts";
import { isGivenPostgres, isSource, postgresSecretName, wantsPostgres } from "./postgres-facts.ts";
import { postgresLogin } from "./postgres-login.ts";
import { postgres } from "./postgres.ts";
import { storeAddress } from "./store-address.ts";

/** The address of the source, in the secret of its login: the writer's name, if writes are forwarded. */
export const postgresAddress = storeAddress({
  id: "postgres-address",
  title: "Address of PostgreSQL",
  needs: [postgres, postgresLogin],
  wanted: wantsPostgres,
  secret: postgresLogin,
  secretName: postgresSecretName,
  isWriter(at) {
    // The owner of a given database keeps its secret.
    if (!isPrimary(at.world) || isGivenPostgres(at.world)) return false;
    const instance = at.output(postgres);
    return instance === undefined || isSource(instance, at.world);
  },
  address(at) {
    const { host, port, id } = at.output(postgres) ?? {};
    if (host === undefined || port === undefined || id === undefined) return undefined;
    return { host: forwardsWrites(at.world) ? writerName(at.world) : host, port, dbInstanceIdentifier: id };
  },
});
