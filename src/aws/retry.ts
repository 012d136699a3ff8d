import { AsyncLocalStorage } from "node:async_hooks";
import { MAXIMUM_RETRY_DELAY, StandardRetryStrategy } from "@smithy/core/retry";
import type { RetryErrorInfo, RetryToken, StandardRetryBackoffStrategy, StandardRetryToken } from "@smithy/types";
import type { Clock } from "../core/clock.ts";
import { formatDuration } from "../core/duration.ts";
import type { Emit } from "../core/event.ts";
import { isThrottled } from "./errors.ts";

const attempts = 6;

export interface RetrySettings {
  /** Which failed calls are retried: all retryable ones, or only those that certainly had no effect. */
  readonly replays: "all" | "throttles";
  readonly requestTimeoutMs: number;
  readonly emit: Emit;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/**
 * The SDK's standard strategy, exponential back-off with full jitter, with two limits. Network errors are only retried
 * within the request time-out. A call without an idempotency token (`replays: "throttles"`) is only retried if it
 * certainly had no effect: a retry after a lost response could create a second resource.
 */
export class BoundedRetries extends StandardRetryStrategy {
  readonly #settings: RetrySettings;
  readonly #backoff: AnnouncedBackoff;
  readonly #begun = new WeakMap<RetryToken, number>();

  constructor(settings: RetrySettings) {
    const backoff = new AnnouncedBackoff(settings.random);
    super({ maxAttempts: attempts, backoff });
    this.#settings = settings;
    this.#backoff = backoff;
  }

  override async acquireInitialRetryToken(scope: string): Promise<StandardRetryToken> {
    const token = await super.acquireInitialRetryToken(scope);
    this.#begun.set(token, this.#settings.clock.now());
    return token;
  }

  override async refreshRetryTokenForRetry(
    token: StandardRetryToken,
    info: RetryErrorInfo,
  ): Promise<StandardRetryToken> {
    const { replays, requestTimeoutMs, emit, clock } = this.#settings;
    const error = info.error as { readonly name?: string; readonly $action?: string } | undefined;
    const begun = this.#begun.get(token) ?? clock.now();
    const throttled = isThrottled(error);
    // Whatever is thrown here, the SDK stops retrying and throws the last error.
    if (!throttled && replays === "throttles") throw new Error("the call may have taken effect");
    const next = await this.#backoff.announce(
      (delayMs) => {
        const late = clock.now() + delayMs - begun >= requestTimeoutMs;
        if (!throttled && late) throw new Error("the request time-out is used up");
        const what = `${error?.$action ?? "an AWS call"}: ${error?.name ?? info.errorType}`;
        const attempt = token.getRetryCount() + 2;
        const text = `${what}; retrying in ${formatDuration(delayMs)} (attempt ${attempt} of ${attempts})`;
        emit({ type: "note", level: "debug", text });
      },
      () => super.refreshRetryTokenForRetry(token, info),
    );
    this.#begun.set(next, begun);
    return next;
  }
}

/** Reports each pause before it begins: the strategy serves many calls at once, and waits internally. */
class AnnouncedBackoff implements StandardRetryBackoffStrategy {
  readonly #random: () => number;
  readonly #listener = new AsyncLocalStorage<(delayMs: number) => void>();
  #baseMs = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  announce<T>(listener: (delayMs: number) => void, work: () => Promise<T>): Promise<T> {
    return this.#listener.run(listener, work);
  }

  setDelayBase(ms: number): void {
    this.#baseMs = ms;
  }

  computeNextBackoffDelay(retries: number): number {
    const delayMs = Math.min(MAXIMUM_RETRY_DELAY, Math.floor(this.#random() * 2 ** retries * this.#baseMs));
    this.#listener.getStore()?.(delayMs);
    return delayMs;
  }
}
