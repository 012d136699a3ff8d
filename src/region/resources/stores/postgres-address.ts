import { isPrimary } from "../../primary-region.ts";
import { postgres } from "./postgres.ts";
import { isGivenPostgres, postgresSecretName, wantsPostgres } from "./postgres-facts.ts";
import { postgresLogin } from "./postgres-login.ts";
import { storeAddress } from "./store-address.ts";

/** The address of the source, in the secret of its login. */
export const postgresAddress = storeAddress({
  id: "postgres-address",
  title: "Address of PostgreSQL",
  needs: [postgres, postgresLogin],
  wanted: wantsPostgres,
  secret: postgresLogin,
  secretName: postgresSecretName,
  // The owner of a given database keeps its secret.
  isWriter: (at) => isPrimary(at.world) && !isGivenPostgres(at.world) && at.output(postgres)?.replicaOf === undefined,
  address(at) {
    const instance = at.output(postgres);
    if (instance?.host === undefined || instance.port === undefined) return undefined;
    return { host: instance.host, port: instance.port, dbInstanceIdentifier: instance.id };
  },
});
