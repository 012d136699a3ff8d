import type { ZoneVpc } from "../../src/aws/route53/port.ts";
import type { MemoryAws } from "./memory-aws.ts";
import type { MemoryCluster } from "./memory-cluster.ts";
import type { MemoryAccount } from "./memory-stores.ts";

/** Names by the ids that they replace. */
type Aliases = readonly (readonly [id: string, alias: string])[];

/**
 * Returns one line for each thing of a region that exists in memory: the entries of every list and map of the AWS and of
 * the account, and the objects of the cluster. Ids that depend on the order of creation are replaced by the name of the
 * thing, passwords by the secret that has them, and times are left out, so that two runs that built the same have the
 * same inventory.
 */
export function inventoryOf(
  cloud: MemoryAws,
  account: MemoryAccount,
  kube: Pick<MemoryCluster, "objects">,
): readonly string[] {
  // A longer id first: vpc-1 is a part of vpc-10.
  const aliases = [...idsIn(cloud), ...connectionsIn(account), ...zonesIn(account), ...passwordsIn(account)].toSorted(
    ([one], [other]) => other.length - one.length,
  );
  const { databases, zones, secrets, peerings } = account;
  const { awsRegion } = cloud.aws.target;
  // AWS shows what it has deleted for some time.
  const things = cloud.things.filter(({ facts }) => facts["deleted"] !== true && facts["state"] !== "deleted");
  const connections = peerings.connections.flatMap(({ requester, accepter, status, tags }) =>
    status === "deleted" ? [] : [{ requester: requester.awsRegion, accepter: accepter.awsRegion, status, tags }],
  );
  const shared = { ...databases, ...zones, secrets, connections };
  const kept = [
    ...entriesOf({ ...cloud, things, ...cloud.caches, ...cloud.graphs, ...cloud.registry }),
    ...entriesOf(shared)
      .filter(([, entry]) => isIn(awsRegion, entry))
      .map(([part, entry]) => [part, withoutVpcsElsewhere(awsRegion, entry)] as const),
  ];
  // The objects of a cluster are deleted with it.
  const objects = cloud.clusters.size === 0 ? [] : [...kube.objects.keys()];
  return [
    ...kept.map(([part, each]) => `${part} ${JSON.stringify(named(each, aliases), sorted)}`),
    ...objects.map((key) => `cluster ${key}`),
  ].toSorted();
}

function entriesOf(parts: object): readonly (readonly [part: string, entry: unknown])[] {
  return Object.entries(parts).flatMap(([part, value]: [string, unknown]) =>
    value instanceof Map || Array.isArray(value) ? [...value].map((each: unknown) => [part, each] as const) : [],
  );
}

function idsIn({ things, aliases }: MemoryAws): Aliases {
  return [
    ...things.flatMap(({ kind, id, tags, facts }) => {
      const name = tags["Name"] ?? facts["name"];
      return typeof name === "string" ? [[id, `${kind} ${name}`] as const] : [];
    }),
    ...[...aliases].map(([alias, id]) => [id, alias] as const),
  ];
}

function connectionsIn({ peerings }: MemoryAccount): Aliases {
  return peerings.connections.map(({ id, tags }) => [id, `peering ${tags["Name"]}`] as const);
}

function zonesIn({ zones: { zones } }: MemoryAccount): Aliases {
  return zones.map(({ id, name }) => [id, `zone ${name}`] as const);
}

function passwordsIn({ secrets }: MemoryAccount): Aliases {
  return secrets.flatMap(({ name, values }) =>
    values.flatMap((value) => {
      const { password } = JSON.parse(value) as { readonly password?: string };
      return password === undefined ? [] : [[password, `password of ${name}`] as const];
    }),
  );
}

/** Whether an entry of the account is in the AWS region, or in none. */
function isIn(awsRegion: string, entry: unknown): boolean {
  const where = Array.isArray(entry) ? String(entry[0]) : JSON.stringify(entry);
  return where.includes(awsRegion) || !/[a-z]+-[a-z]+-\d/.test(where);
}

/** The aliases are those of one region, in which another VPC has the same id. */
function withoutVpcsElsewhere(awsRegion: string, entry: unknown): unknown {
  return JSON.parse(
    JSON.stringify(entry, (key, value: unknown) => {
      const held = listed(key, value);
      const isElsewhere = isVpc(held) && held.awsRegion !== awsRegion;
      return isElsewhere ? { ...held, vpcId: "of another region" } : held;
    }),
  );
}

function isVpc(value: unknown): value is ZoneVpc {
  return typeof value === "object" && value !== null && "vpcId" in value && "awsRegion" in value;
}

const timeless = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;
/** A password that no secret has. */
const unkept = /S3cret[-\w]+/g;
/** The number that makes the caller reference of a zone a new one. */
const generation = /(?<="callerReference":"[^"]*\/)\d+(?=")/g;
/** Rules of security groups and associations of route tables have no name. */
const partId = /\b(sgr|rtbassoc)-\d+/g;

function named(value: unknown, aliases: Aliases): unknown {
  const text = aliases.reduce((part, [id, alias]) => part.replaceAll(id, alias), JSON.stringify(value, listed));
  const lasting = text.replaceAll(timeless, "a time").replaceAll(generation, "N").replaceAll(unkept, "a password");
  return JSON.parse(lasting.replaceAll(partId, "$1"));
}

function listed(_key: string, value: unknown): unknown {
  return value instanceof Map || value instanceof Set ? [...value] : value;
}

/** The order of keys and of lists does not matter. */
function sorted(_key: string, value: unknown): unknown {
  const text = (each: unknown): string => JSON.stringify(each, sorted);
  if (Array.isArray(value)) return value.toSorted((a, b) => (text(a) < text(b) ? -1 : 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
