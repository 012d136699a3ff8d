export type SubnetKind = "public" | "private";

/** What other resources know of the region's subnets. */
export interface Subnets {
  /** The existing subnets: `public-1`, `private-1`, or `private-subnet-0a1b2c3d` for one that gennet.yaml gives. */
  readonly subnets: readonly { readonly id: string; readonly name: string; readonly kind: SubnetKind }[];
  /** The names of all subnets, with those that do not exist yet. */
  readonly names: readonly string[];
}
