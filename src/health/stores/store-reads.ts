import { mapBounded } from "../../core/bounded.ts";
import { AppError } from "../../core/error.ts";
import type { ProbeResult, StoreCall } from "../../core/probe.ts";
import { shared, type Shared } from "../../core/shared.ts";
import type { ExternalSecret } from "../../k8s/external-secrets/port.ts";
import type { ProbeOrigin, Prober } from "../../k8s/probe/port.ts";
import { foldAlike } from "../fold-alike.ts";

export type ProbedStore = StoreCall["kind"];

/** A login of a data store that a service reads from a Kubernetes Secret. */
export interface StoreLogin {
  readonly store: ProbedStore;
  readonly namespace: string;
  /** The ExternalSecret. */
  readonly name: string;
  /** The Kubernetes Secret. */
  readonly secret: string;
}

export interface ProbedLogin extends StoreLogin {
  /** An error if no pod could ask. */
  readonly result: ProbeResult | AppError;
}

/** What pods found out about data stores, each at most once. */
export interface StoreReads {
  readonly probed: Shared<readonly ProbedLogin[]>;
}

const podsAtOnce = 4;

/** Neo4j is behind a sidecar, which refuses pods without one; the other stores are outside of the cluster. */
const originOf = ({ namespace, store }: StoreLogin): ProbeOrigin => ({ namespace, meshed: store === "neo4j" });

/** Creates the reads. One pod for each namespace logs in with all of its logins, and one of the mesh to Neo4j. */
export function createStoreReads(
  prober: () => Promise<Pick<Prober, "probe">>,
  externals: () => Promise<readonly ExternalSecret[]>,
  signal: AbortSignal,
): StoreReads {
  const ask = async (logins: readonly [StoreLogin, ...StoreLogin[]]): Promise<readonly ProbedLogin[]> => {
    const calls = logins.map(({ store, secret }): StoreCall => ({ kind: store, secret }));
    try {
      const results = await (await prober()).probe(calls, originOf(logins[0]), signal);
      return logins.flatMap((login, at) => {
        const result = results[at];
        return result === undefined ? [] : [{ ...login, result }];
      });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      return logins.map((login) => ({ ...login, result: error }));
    }
  };
  return {
    probed: shared(async () => {
      const logins = (await externals()).flatMap(loginsOf);
      const pods = foldAlike(logins, (login) => JSON.stringify(originOf(login)));
      const answers = await mapBounded(pods, podsAtOnce, ask);
      return answers.flat();
    }),
  };
}

const stores: Readonly<Record<string, ProbedStore>> = { postgres: "postgres", redis: "redis", neo4j: "neo4j" };

/**
 * What `gennet new service` writes: the whole of a secret whose name ends with the store's, `shop/orders/postgres`. A
 * template may give the keys other names, so that a probe would not find the login.
 */
function loginsOf({ namespace, name, secret, template, sources }: ExternalSecret): readonly StoreLogin[] {
  const [source, ...others] = sources;
  if (secret === undefined || template !== undefined || source?.as !== "extract" || others.length > 0) return [];
  const store = stores[source.ref.key.split("/").at(-1) ?? ""];
  return store === undefined ? [] : [{ store, namespace, name, secret }];
}
