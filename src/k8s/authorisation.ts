import { joint } from "../core/shared.ts";
import type { Access, Authorisation } from "./access.ts";

/** The credential in use, and how it is renewed: once for all requests that need a new one at the same time. */
export interface HeldAuthorisation {
  current(signal: AbortSignal): Promise<Authorisation>;
  /** The server did not accept it. Answers whether another one can be had: only what expires can be renewed. */
  refused(used: Authorisation): boolean;
  close(): void;
}

export function holdAuthorisation(access: Access, now: () => number): HeldAuthorisation {
  let held: Authorisation | undefined;
  // Requests may still be under way on the connections of an older credential, so all are kept until the end.
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
