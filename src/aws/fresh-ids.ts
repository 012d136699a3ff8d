import type { Clock } from "../core/clock.ts";

/** AWS speaks of seconds, at most of minutes: https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html */
const freshMs = 120_000;

/**
 * The ids of what this process has made a moment ago. AWS answers some calls from copies that lag behind, which do not
 * know them yet: "not found" then means "not yet".
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

  /** Whether a message is about one of them. */
  areIn(message: string): boolean {
    const oldest = this.#clock.now() - freshMs;
    return [...this.#made].some(([id, at]) => at >= oldest && message.includes(id));
  }
}
