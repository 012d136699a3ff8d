import { AppError } from "../../../src/core/error.ts";

/** The data stores that a region can have, with the port at which clients expect each. */
export const servicePorts = { postgres: 5432, redis: 6379, neo4j: 7687 } as const;

/** How pods call a store: a Service of the sandbox's, with TLS in front of it as AWS has. */
export function storeHost(store: StoreName): string {
  return `${store}.${storeNamespace}.svc.cluster.local`;
}

export const storeNamespace = "data";

export type StoreName = keyof typeof servicePorts;

/** The stores that a region has: the port of each on 127.0.0.1. */
export type StorePorts = Readonly<Partial<Record<StoreName, number>>>;

export const storeNames = Object.keys(servicePorts) as readonly StoreName[];

/** Those that any region has. */
export function storesOf({
  regions,
}: {
  readonly regions: readonly { readonly stores?: StorePorts }[];
}): readonly StoreName[] {
  return storeNames.filter((store) => regions.some(({ stores }) => stores?.[store] !== undefined));
}

/** Stores as --with gives them. Throws USAGE_INVALID. */
export function requireStores(names: readonly string[]): readonly StoreName[] {
  const wrong = names.find((name) => !(name in servicePorts));
  if (wrong === undefined) return storeNames.filter((name) => names.includes(name));
  throw new AppError("USAGE_INVALID", `--with: "${wrong}" is none of ${storeNames.join(", ")}.`);
}
