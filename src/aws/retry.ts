import { StandardRetryStrategy } from "@smithy/core/retry";
import type { RetryErrorInfo, RetryToken, StandardRetryToken } from "@smithy/types";
import type { Clock } from "../core/clock.ts";
import type { Emit } from "../core/event.ts";
import { isThrottled } from "./errors.ts";

const attempts = 8;

/**
 * The SDK's standard strategy (exponential back-off with full jitter), with two bounds of ours. A network that is
 * down is given up within the request time-out. And a call without an idempotency token (`replays: "throttles"`) is
 * repeated only when AWS surely did nothing: a repeat after a lost answer would make a second one.
 */
export class BoundedRetries extends StandardRetryStrategy {
  readonly #settings: RetrySettings;
  readonly #begun = new WeakMap<RetryToken, number>();

  constructor(settings: RetrySettings) {
    super(attempts);
    this.#settings = settings;
  }

  override async acquireInitialRetryToken(scope: string): ReturnType<StandardRetryStrategy["acquireInitialRetryToken"]> {
    const token = await super.acquireInitialRetryToken(scope);
    this.#begun.set(token, this.#settings.clock.now());
    return token;
  }

  override async refreshRetryTokenForRetry(
    token: StandardRetryToken,
    info: RetryErrorInfo,
  ): ReturnType<StandardRetryStrategy["refreshRetryTokenForRetry"]> {
    const { replays, requestTimeoutMs, emit, clock } = this.#settings;
    const begun = this.#begun.get(token) ?? clock.now();
    const error = info.error as { readonly name?: string; readonly $action?: string } | undefined;
    if (!isThrottled(error)) {
      if (replays === "throttles") throw new Error("the call may have been done");
      if (clock.now() - begun >= requestTimeoutMs) throw new Error("the request time-out is used up");
    }
    const next = await super.refreshRetryTokenForRetry(token, info);
    this.#begun.set(next, begun);
    emit({
      type: "note",
      level: "debug",
      text: `${error?.$action ?? "an AWS call"}: ${error?.name ?? info.errorType}; attempt ${next.getRetryCount() + 1} of ${attempts}`,
    });
    return next;
  }
}

export interface RetrySettings {
  readonly replays: "all" | "throttles";
  readonly requestTimeoutMs: number;
  readonly emit: Emit;
  readonly clock: Clock;
}
