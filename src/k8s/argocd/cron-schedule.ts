import { Cron } from "croner";

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of values, beginning with the one for `min`. */
  readonly names?: readonly string[];
}

const fields: readonly Field[] = [
  { name: "minute", min: 0, max: 59 },
  { name: "hour", min: 0, max: 23 },
  { name: "day of month", min: 1, max: 31 },
  {
    name: "month",
    min: 1,
    max: 12,
    names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  },
  { name: "day of week", min: 0, max: 6, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

const parsed = new Map<string, Cron>();

/** Parses a schedule, each one only once: fifty Applications share a project's windows. */
export function parseSchedule(schedule: string): Cron {
  const known = parsed.get(schedule) ?? parse(schedule);
  parsed.set(schedule, known);
  return known;
}

/**
 * Parses a schedule of five fields like Argo CD, which uses https://pkg.go.dev/github.com/robfig/cron/v3: no `@daily`,
 * no `L`, `W` or `#`, and Sunday is 0, never 7. Throws if that parser would reject the schedule.
 */
function parse(schedule: string): Cron {
  const [, zone, rest = ""] = /^(?:(?:CRON_)?TZ=(\S+)\s)?(.*)$/s.exec(schedule.trim()) ?? [];
  const parts = rest.trim().split(/\s+/);
  if (parts.length !== fields.length)
    throw new Error(`expected exactly 5 fields, found ${parts.length}: '${schedule}'`);
  const pattern = fields.map((field, at) => expand(parts[at] ?? "", field)).join(" ");
  return new Cron(pattern, { timezone: zone ?? "UTC", mode: "5-part" });
}

/** Returns the values of a field, or `*` if it restricts nothing, because then only the other day field counts. */
function expand(text: string, field: Field): string {
  const items = text.split(",").filter((item) => item !== "");
  if (items.length === 0) throw new Error(`no value for the ${field.name}: '${text}'`);
  const values = items.map((item) => valuesOf(item, field));
  return values.includes("*") ? "*" : [...new Set(values.flat())].join(",");
}

function valuesOf(item: string, field: Field): "*" | readonly number[] {
  const [, range = "", last, step] = /^([^-/]+)(?:-([^-/]+))?(?:\/(\d+))?$/.exec(item) ?? [];
  const every = step === undefined ? 1 : Number(step);
  const isStar = range === "*" || range === "?";
  if (range === "" || every === 0 || (isStar && last !== undefined)) throw invalid(item, field);
  if (isStar && every === 1) return "*";
  const from = isStar ? field.min : numberOf(range, item, field);
  const alone = step === undefined ? from : field.max;
  const to = isStar ? field.max : last === undefined ? alone : numberOf(last, item, field);
  if (from < field.min || to > field.max || from > to) throw invalid(item, field);
  return Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, at) => from + at * every);
}

function numberOf(text: string, item: string, field: Field): number {
  const named = field.names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return field.min + named;
  if (!/^\d+$/.test(text)) throw invalid(item, field);
  return Number(text);
}

function invalid(item: string, { name, min, max }: Field): Error {
  return new Error(`'${item}' is not a valid ${name} (${min} to ${max})`);
}
