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
    return [...this.#made].some(([id, at]) => at >= oldest && message.includes(id));
  }
}
