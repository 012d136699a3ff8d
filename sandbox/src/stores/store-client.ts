import type { StoreName } from "./store.ts";

/** A service that stores data. */
export interface StoreClient {
  readonly name: string;
  readonly platform?: string | undefined;
  /** Its Python package, which names its database and the role that owns it. */
  readonly owner: string;
  /** The prefix of its secrets' names: `shop/orders`. */
  readonly secrets: string;
  readonly stores: readonly StoreName[];
}
