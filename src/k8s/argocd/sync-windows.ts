import { parseSchedule } from "./cron-schedule.ts";
import { parseGoDuration } from "../../core/duration.ts";
import { globMatches } from "../../core/glob.ts";

/** https://github.com/argoproj/argo-cd/blob/v3.5.7/pkg/apis/application/v1alpha1/types.go, `SyncWindow` */
export interface SyncWindow {
  readonly kind?: "allow" | "deny";
  /** When it opens, in cron syntax. */
  readonly schedule?: string;
  /** How long it stays open, as a Go duration. */
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

/** Why a window blocks a sync, and until when. */
export interface SyncHold {
  /** The window, and until when, if that is known. */
  readonly reason: string;
  /** When syncs are allowed again, milliseconds since the epoch; undefined if no end is known. */
  readonly until?: number;
}

/** Windows can alternate without an end: after this many changes, the search for the end stops. */
const mostChanges = 20;

/**
 * Returns why the windows of a project block a sync at this time; undefined if they do not. Follows
 * `SyncWindows.CanSync`, which Argo CD's API evaluates before each sync, and which anything that writes `.operation`
 * must evaluate, too. Only a manual sync may pass a window with `manualSync`.
 */
export function blockingWindow(
  windows: readonly SyncWindow[],
  subject: WindowSubject,
  now: number,
  byHand = true,
): SyncHold | undefined {
  const matching = windows.filter((window) => matches(window, subject));
  try {
    const first = holding(matching, now, byHand);
    if (first === undefined) return undefined;
    let hold: Holding | undefined = first;
    let until: number | undefined = now;
    for (let change = 0; hold !== undefined && until !== undefined && change < mostChanges; change += 1) {
      until = hold.changesAt;
      hold = until === undefined ? hold : holding(matching, until, byHand);
    }
    const ends = hold === undefined && until !== undefined ? { until } : {};
    return { reason: `${first.says}${until === undefined || hold !== undefined ? "" : endOf(first, until)}`, ...ends };
  } catch (error) {
    // In this case, Argo CD syncs nothing.
    return { reason: `a sync window cannot be read: ${(error as Error).message}` };
  }
}

interface Holding {
  readonly kind: "allow" | "deny";
  readonly says: string;
  /** When the deny window closes or, for an allow window, opens. */
  readonly changesAt: number | undefined;
}

function holding(matching: readonly SyncWindow[], now: number, byHand: boolean): Holding | undefined {
  const passes = ({ manualSync }: SyncWindow): boolean => byHand && manualSync === true;
  const active = matching.filter((window) => openedAt(window, now) !== undefined);
  const denying = active.filter(({ kind }) => kind === "deny");
  if (denying.length > 0) {
    const first = denying.find((window) => !passes(window));
    if (first === undefined) return undefined;
    const changesAt = (openedAt(first, now) ?? now) + lengthOf(first);
    return { kind: "deny", says: `the deny window ${describe(first)} is open`, changesAt };
  }
  if (active.some(({ kind }) => kind === "allow")) return undefined;
  const allowing = matching.filter(({ kind }) => kind === "allow");
  const closed = allowing.find((window) => !passes(window));
  if (closed === undefined) return undefined;
  const openings = allowing.flatMap((window) => opensAt(window, now) ?? []);
  const changesAt = openings.length === 0 ? undefined : Math.min(...openings);
  return { kind: "allow", says: `the allow window ${describe(closed)} is not open`, changesAt };
}

function endOf({ kind }: Holding, until: number): string {
  const time = new Date(until).toISOString().replace(/\.\d+Z$/, "Z");
  return kind === "deny" ? `, until ${time}` : `; syncs are allowed from ${time}`;
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

/**
 * Returns when the window opened, or undefined if it is closed. Argo CD shifts the time by the zone's current offset
 * and reads the schedule as UTC.
 */
function openedAt(window: SyncWindow, now: number): number | undefined {
  const { schedule = "", timeZone } = window;
  const offset = offsetOf(timeZone, now);
  const before = now + offset - lengthOf(window);
  const opened = parseSchedule(schedule).nextRun(new Date(before))?.getTime();
  return opened !== undefined && opened < now + offset ? opened - offset : undefined;
}

/** Returns how long a window stays open, in milliseconds. Throws Argo CD's message if that cannot be parsed. */
function lengthOf({ duration = "" }: SyncWindow): number {
  const length = parseGoDuration(duration);
  if (length === undefined) throw new Error(`cannot parse duration '${duration}'`);
  return length;
}

/** Returns when a closed window opens next: the first moment at which Argo CD considers it open. */
function opensAt({ schedule = "", timeZone }: SyncWindow, now: number): number | undefined {
  const offset = offsetOf(timeZone, now);
  const opens = parseSchedule(schedule)
    .nextRun(new Date(now + offset))
    ?.getTime();
  return opens === undefined ? undefined : opens - offset + 1;
}

function offsetOf(timeZone: string | undefined, now: number): number {
  if (timeZone === undefined || timeZone === "") return 0;
  try {
    const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
    const name = format.formatToParts(now).find((part) => part.type === "timeZoneName")?.value ?? "";
    const [, sign, hours = "0", minutes = "0"] = /GMT([+-])(\d{2}):?(\d{2})?/.exec(name) ?? [];
    return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  } catch {
    // Argo CD treats an unknown zone as UTC.
    return 0;
  }
}
