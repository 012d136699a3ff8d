import type { Clock } from "../core/clock.ts";

/** AWS documents seconds, at most minutes: https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html */
const freshMs = 120_000;

/**
 * The ids of resources that this process created a moment ago. AWS answers some calls from replicas that do not know
 * them yet: "not found" then means "not yet".
 */
export class FreshIds {
  readonly #made = new Map<string, number>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(id: string): void {
    this.#made.set(id, this.#clock.now());
  }

  /** Returns whether a message mentions one of them. */
  areIn(message: string): boolean {
    const oldest = this.#clock.now() - freshMs;
    // In a request, what separates ids may be encoded.
    const text = message.replace(/%[0-9a-f]{2}/gi, " ");
    return [...this.#made].some(([id, at]) => at >= oldest && mentions(text, id));
  }
}

const inNames = /[\w-]/;

/** Returns whether a text has an id as a whole: the role `acme-cluster` is not a part of `acme-cluster-autoscaler`. */
function mentions(text: string, id: string): boolean {
  for (let at = text.indexOf(id); at !== -1; at = text.indexOf(id, at + 1)) {
    if (!inNames.test(text.charAt(at - 1)) && !inNames.test(text.charAt(at + id.length))) return true;
  }
  return false;
}
