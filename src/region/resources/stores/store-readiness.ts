import type { Readiness } from "../../../core/resource.ts";

/** What AWS says of a store. */
export interface StoreState {
  readonly status: string;
  /** What AWS last wrote about it. */
  readonly lastEvent?: string;
}

export function storeFailed(reason: string, { lastEvent }: StoreState): Readiness {
  const event = lastEvent === undefined ? "" : ` (its last event: ${lastEvent})`;
  return { state: "failed", reason: `${reason}${event}` };
}

export function storeWaiting({ status, lastEvent }: StoreState): Readiness {
  return { state: "waiting", detail: lastEvent === undefined ? status : `${status} (${lastEvent})` };
}
