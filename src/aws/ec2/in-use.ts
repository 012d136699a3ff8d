import { AppError } from "../../core/error.ts";
import type { Session } from "../session.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const inUse = /^(DependencyViolation|InvalidIPAddress\.InUse|InvalidNetworkInterface\.InUse)$/;

/** The network interfaces of a deleted load balancer or endpoint stay for minutes. */
const patienceMs = 10 * 60_000;
const pauseMs = 5_000;

/** Retries a deletion for a while if EC2 rejects it because something still uses the resource. */
export async function onceUnused(
  { clock, emit }: Pick<Session, "clock" | "emit">,
  signal: AbortSignal,
  remove: () => Promise<unknown>,
): Promise<void> {
  const begun = clock.now();
  for (;;) {
    try {
      return void (await remove());
    } catch (error) {
      const cause = error instanceof AppError ? error.cause : undefined;
      const isBusy = cause instanceof Error && inUse.test(cause.name);
      if (!isBusy || clock.now() - begun >= patienceMs) throw error;
      emit({ type: "note", level: "debug", text: `${cause.message} It may be free soon: retrying in 5 s` });
      await clock.sleep(pauseMs, signal);
    }
  }
}
