export type SubnetKind = "public" | "private";

/** Subnets of zones that gennet.yaml does not want any more. */
export interface FormerSubnets {
  readonly subnets: readonly {
    readonly name: string;
    /** The number of its zone's place, from 1. */
    readonly index: number;
    readonly id: string;
    readonly vpcId: string;
  }[];
  /** Why they stay. Until that has ended, they are subnets like the others. */
  readonly heldBy?: string;
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
