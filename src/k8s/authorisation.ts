import { joint } from "../core/shared.ts";
import type { Access, Authorisation } from "./access.ts";

/** Holds the credential in use, and renews it once for all requests that need a new one at the same time. */
export interface HeldAuthorisation {
  current(signal: AbortSignal): Promise<Authorisation>;
  /**
   * Reports that the server rejected it. Returns whether another one is available: only a credential that expires can
   * be renewed.
   */
  refused(used: Authorisation): boolean;
  close(): void;
}

export function holdAuthorisation(access: Access, now: () => number): HeldAuthorisation {
  let held: Authorisation | undefined;
  // Requests may still use the connections of an older credential, so all of them are kept until the end.
  const agents = new Set<Authorisation["agent"]>();

  const renew = joint(async (signal) => {
    held = await access.authorise(signal);
    agents.add(held.agent);
    return held;
  });

  return {
    async current(signal) {
      if (held !== undefined && (held.expires ?? Infinity) > now()) return held;
      return renew(signal);
    },
    refused(used) {
      if (used.expires === undefined) return false;
      if (held === used) held = undefined;
      return true;
    },
    close() {
      for (const agent of agents) agent.destroy();
    },
  };
}
