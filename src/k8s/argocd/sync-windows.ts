import { Cron } from "croner";
import { goDuration } from "./go-duration.ts";
import { globMatches } from "../../core/glob.ts";

/** https://github.com/argoproj/argo-cd/blob/v3.5.7/pkg/apis/application/v1alpha1/types.go, `SyncWindow` */
export interface SyncWindow {
  readonly kind?: "allow" | "deny";
  /** When it opens, as cron writes it. */
  readonly schedule?: string;
  /** For how long, as Go writes it. */
  readonly duration?: string;
  readonly applications?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly clusters?: readonly string[];
  readonly manualSync?: boolean;
  readonly timeZone?: string;
  readonly andOperator?: boolean;
  readonly description?: string;
}

export interface WindowSubject {
  readonly name: string;
  readonly destination?: { readonly server?: string; readonly name?: string; readonly namespace?: string };
}

/**
 * Why the windows of a project keep a sync by hand from happening at this time; undefined where they do not. The rules
 * are those of `SyncWindows.CanSync`, which Argo CD's own API asks before each sync, and who writes `.operation` must ask.
 */
export function blockingWindow(
  windows: readonly SyncWindow[],
  subject: WindowSubject,
  now: number,
): string | undefined {
  const matching = windows.filter((window) => matches(window, subject));
  try {
    const active = matching.filter((window) => isActive(window, now));
    const denying = active.filter(({ kind }) => kind === "deny");
    if (denying.length > 0) {
      const first = denying.find(({ manualSync }) => manualSync !== true);
      return first === undefined ? undefined : `the deny window ${describe(first)} is open`;
    }
    if (active.some(({ kind }) => kind === "allow")) return undefined;
    const allowing = matching.filter(({ kind }) => kind === "allow");
    const closed = allowing.find(({ manualSync }) => manualSync !== true);
    return closed === undefined ? undefined : `the allow window ${describe(closed)} is not open`;
  } catch (error) {
    // Argo CD syncs nothing then.
    return `a sync window cannot be read: ${(error as Error).message}`;
  }
}

function describe({ schedule, duration, timeZone, description }: SyncWindow): string {
  const zone = timeZone === undefined || timeZone === "" ? "UTC" : timeZone;
  const says = description === undefined || description === "" ? "" : ` (${description})`;
  return `"${schedule}" for ${duration}, ${zone}${says}`;
}

function matches(window: SyncWindow, { name, destination = {} }: WindowSubject): boolean {
  const { applications = [], clusters = [], namespaces = [], andOperator = false } = window;
  const some = (patterns: readonly string[], values: readonly (string | undefined)[]): boolean =>
    patterns.some((pattern) => values.some((value) => value !== undefined && globMatches(pattern, value)));
  const asked = [
    { patterns: applications, values: [name] },
    { patterns: clusters, values: [destination.name, destination.server] },
    { patterns: namespaces, values: [destination.namespace] },
  ].filter(({ patterns }) => patterns.length > 0);
  if (asked.length === 0) return false;
  const fits = asked.map(({ patterns, values }) => some(patterns, values));
  return andOperator ? fits.every(Boolean) : fits.some(Boolean);
}

/** Argo CD moves the clock by the zone's offset of today and reads the schedule as UTC. */
function isActive({ schedule = "", duration = "", timeZone }: SyncWindow, now: number): boolean {
  const local = now + offsetOf(timeZone, now);
  const opened = new Cron(schedule, { timezone: "UTC", mode: "5-part" }).nextRun(
    new Date(local - goDuration(duration)),
  );
  return opened !== null && opened.getTime() < local;
}

function offsetOf(timeZone: string | undefined, now: number): number {
  if (timeZone === undefined || timeZone === "") return 0;
  try {
    const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
    const name = format.formatToParts(now).find((part) => part.type === "timeZoneName")?.value ?? "";
    const [, sign, hours = "0", minutes = "0"] = /GMT([+-])(\d{2}):?(\d{2})?/.exec(name) ?? [];
    return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  } catch {
    // Argo CD takes a zone that it does not know for UTC.
    return 0;
  }
}
