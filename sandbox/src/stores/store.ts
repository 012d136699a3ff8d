import { AppError } from "../../../src/core/error.ts";

/** The data stores that a region can have, with the default port of each. */
export const servicePorts = { postgres: 5432, redis: 6379, neo4j: 7687 } as const;

/** Returns how pods address a store: a Service of the sandbox, with TLS, as on AWS. */
export function storeHost(store: StoreName): string {
  return `${store}.${storeNamespace}.svc.cluster.local`;
}

export const storeNamespace = "data";

export type StoreName = keyof typeof servicePorts;

/** The stores of a region: the port of each on 127.0.0.1. */
export type StorePorts = Readonly<Partial<Record<StoreName, number>>>;

export const storeNames = Object.keys(servicePorts) as readonly StoreName[];

/** Returns the stores that any region has. */
export function storesOf({
  regions,
}: {
  readonly regions: readonly { readonly stores?: StorePorts }[];
}): readonly StoreName[] {
  return storeNames.filter((store) => regions.some(({ stores }) => stores?.[store] !== undefined));
}

/** Parses the stores of --with. Throws USAGE_INVALID. */
export function requireStores(names: readonly string[]): readonly StoreName[] {
  const wrong = names.find((name) => !(name in servicePorts));
  if (wrong === undefined) return storeNames.filter((name) => names.includes(name));
  throw new AppError("USAGE_INVALID", `--with: "${wrong}" is not one of ${storeNames.join(", ")}.`);
}
