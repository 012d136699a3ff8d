import { numbered } from "./nat-address.ts";

export type SubnetKind = "public" | "private";

/** The subnets of zones that gennet.yaml no longer asks for. */
export interface FormerSubnets {
  readonly subnets: readonly {
    readonly id: string;
    readonly name: string;
    readonly vpcId: string;
    /** The number of its zone's place, from 1. */
    readonly index: number;
  }[];
  /** What keeps them. Until that has ended, they are subnets like the others. */
  readonly heldBy?: { readonly reason: string; readonly next: readonly string[] };
}

/** What other resources know of the region's subnets. */
export interface Subnets {
  /** The existing subnets: `public-1`, `private-1`, or `private-subnet-0a1b2c3d` for one that gennet.yaml gives. */
  readonly subnets: readonly { readonly id: string; readonly name: string; readonly kind: SubnetKind }[];
  /** The names of all subnets, with those that do not exist yet. */
  readonly names: readonly string[];
  /** Absent if there are none. */
  readonly former?: FormerSubnets;
}

/** Returns the name of a subnet, also of a former one; its id if it is none of the region's. */
export function subnetName(id: string, known: Subnets | undefined): string {
  const all = [...(known?.subnets ?? []), ...(known?.former?.subnets ?? [])];
  return all.find((each) => each.id === id)?.name ?? id;
}

/**
 * Returns the private subnets for a new cluster and its nodes, which never leave a subnet again: those of the zones that
 * gennet.yaml asks for. EKS may have refused another zone, which something else still keeps. A cluster needs two.
 */
export function lastingSubnets({ subnets, former }: Subnets): Subnets["subnets"] {
  const all = subnets.filter(({ kind }) => kind === "private");
  const lasting = all.filter(({ id }) => former?.subnets.some((each) => each.id === id) !== true);
  return lasting.length > 1 ? lasting : all;
}

/** Returns the name of the route table that the private subnet in a place has for itself; places are counted from 1. */
export function privateTable(place: number): string {
  return numbered("private-routes", place);
}
