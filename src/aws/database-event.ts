import type { Calls, Pages } from "./calls.ts";
import { eventMinutes, type EventPage, lastEvent } from "./last-event.ts";

/** The statuses of instances and clusters in normal operation, which say enough. */
const usual: ReadonlySet<string> = new Set([
  "available",
  "backing-up",
  "deleting",
  "maintenance",
  "modifying",
  "rebooting",
  "resetting-master-credentials",
  "storage-optimization",
  "upgrading",
]);

type Source = "db-cluster" | "db-instance";

interface AskedEvents {
  readonly SourceIdentifier: string;
  readonly SourceType: Source;
  readonly Duration: number;
}

type EventOf = (
  source: Source,
  id: string,
  status: string | undefined,
  signal: AbortSignal,
) => Promise<{ readonly lastEvent?: string }>;

/** Returns what reads the last event of an instance or a cluster of RDS or Neptune; nothing while its status is as usual. */
export function databaseEvents(
  calls: Pick<Calls, "all">,
  pages: (input: AskedEvents, ...options: Parameters<Pages<EventPage>>) => ReturnType<Pages<EventPage>>,
): EventOf {
  return async (source, id, status, signal) => {
    if (usual.has(status ?? "")) return {};
    const input = { SourceIdentifier: id, SourceType: source, Duration: eventMinutes };
    const event = await lastEvent(calls, signal, (options) => pages(input, options));
    return event === undefined ? {} : { lastEvent: event };
  };
}
