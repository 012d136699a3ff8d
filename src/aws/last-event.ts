import { AppError } from "../core/error.ts";
import type { Calls, Pages } from "./calls.ts";

/** An event as RDS, Neptune and ElastiCache report them. */
interface ServiceEvent {
  readonly Message?: string | undefined;
  readonly Date?: Date | undefined;
}

export interface EventPage {
  readonly Events?: readonly ServiceEvent[] | undefined;
}

/** How far back the services keep events: 14 days, in minutes. */
export const eventMinutes = 14 * 24 * 60;

/**
 * Returns the message of the last event of a resource that is not as usual: what its status does not say. Undefined if
 * there is none, or if these credentials may not read events, which must not end a run.
 */
export async function lastEvent(
  { all }: Pick<Calls, "all">,
  signal: AbortSignal,
  pages: Pages<EventPage>,
): Promise<string | undefined> {
  try {
    const events = await all(signal, pages, ({ Events }) => Events);
    return events.toSorted((one, other) => Number(other.Date ?? 0) - Number(one.Date ?? 0))[0]?.Message;
  } catch (error) {
    if (error instanceof AppError && error.code === "AWS_DENIED") return undefined;
    throw error;
  }
}
