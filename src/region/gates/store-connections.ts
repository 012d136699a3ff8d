import type { ProbeCall } from "../../core/probe.ts";
import { neo4jHost, neo4jName, neo4jPort, wantsNeo4j } from "../resources/stores/neo4j-facts.ts";
import { neptuneId, neptunePort, wantsNeptune } from "../resources/stores/neptune-facts.ts";
import { instanceId, postgresPort, wantsPostgres } from "../resources/stores/postgres-facts.ts";
import { redisId, redisPort, wantsRedis } from "../resources/stores/redis-facts.ts";
import type { RegionWorld } from "../world.ts";

/** A connection that pods make to a data store of their region. */
export interface StoreConnection {
  readonly store: "PostgreSQL" | "Redis" | "Neptune" | "Neo4j";
  /** Undefined while the store has no address. */
  readonly call: ProbeCall | undefined;
  /** The namespace of the mesh from which it is made; without one, by a pod without a sidecar. */
  readonly meshedIn?: string;
}

/** Returns the connections to the data stores of a region, at the addresses that AWS gave them. */
export async function storeConnections(world: RegionWorld, signal: AbortSignal): Promise<readonly StoreConnection[]> {
  const { aws } = world;
  const found: StoreConnection[] = [];
  if (wantsPostgres(world)) {
    const instance = await (await aws.service("rds")).instance(instanceId(world), signal);
    found.push({ store: "PostgreSQL", call: callOf("postgres", instance, postgresPort) });
  }
  if (wantsRedis(world)) {
    const group = await (await aws.service("elasticache")).replicationGroup(redisId(world), signal);
    found.push({ store: "Redis", call: callOf("redis", group, redisPort) });
  }
  if (wantsNeptune(world)) {
    const cluster = await (await aws.service("neptune")).cluster(neptuneId(world), signal);
    found.push({ store: "Neptune", call: callOf("tcp", cluster, neptunePort) });
  }
  if (wantsNeo4j(world)) {
    found.push({
      store: "Neo4j",
      // The administrator's login, which its own namespace has.
      call: { kind: "neo4j", host: neo4jHost, port: neo4jPort, secret: neo4jName },
      meshedIn: neo4jName,
    });
  }
  return found;
}

/** Returns whether gennet.yaml gives regions data stores. */
export function hasStores(world: RegionWorld): boolean {
  return wantsPostgres(world) || wantsRedis(world) || wantsNeptune(world) || wantsNeo4j(world);
}

/** Without a login, PostgreSQL and Redis are asked for TLS, and Neptune for a connection. */
function callOf(
  kind: "postgres" | "redis" | "tcp",
  store: { readonly host?: string; readonly port?: number } | undefined,
  usualPort: number,
): ProbeCall | undefined {
  const { host, port = usualPort } = store ?? {};
  return host === undefined ? undefined : { kind, host, port };
}
