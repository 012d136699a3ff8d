import { AppError } from "../../core/error.ts";
import type { Session } from "../session.ts";

/** A temporary reason for which EC2 rejects a call. */
export interface PassingRefusal {
  readonly is: (error: Error) => boolean;
  readonly patienceMs: number;
  readonly pauseMs: number;
}

/**
 * Something still uses the resource that is to be deleted: the network interfaces of a deleted load balancer or endpoint
 * stay for minutes. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
export const stillInUse: PassingRefusal = {
  is: ({ name }) => /^(DependencyViolation|InvalidIPAddress\.InUse|InvalidNetworkInterface\.InUse)$/.test(name),
  patienceMs: 10 * 60_000,
  pauseMs: 5_000,
};

/** EC2 does not know a role that was just created: IAM is eventually consistent. */
export const roleUnknown: PassingRefusal = {
  is: ({ message }) => /unable to assume/i.test(message),
  patienceMs: 90_000,
  pauseMs: 3_000,
};

/** Retries a call for a while if EC2 rejects it for this reason: such a call has no effect. */
export async function oncePassed<T>(
  { clock, emit }: Pick<Session, "clock" | "emit">,
  signal: AbortSignal,
  { is, patienceMs, pauseMs }: PassingRefusal,
  call: () => Promise<T>,
): Promise<T> {
  const begun = clock.now();
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const cause = error.cause instanceof Error ? error.cause : error;
      if (!is(cause) || clock.now() - begun >= patienceMs) throw error;
      emit({ type: "note", level: "debug", text: `${error.message} Retrying in ${pauseMs / 1_000} s.` });
      await clock.sleep(pauseMs, signal);
    }
  }
}
