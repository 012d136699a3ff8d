import type { FieldValue } from "./operation.ts";
import { blocked, creation, type Difference, update } from "./resource.ts";

export type Fields = Readonly<Record<string, FieldValue>>;

/**
 * Returns the creation of a target, or the change of each field that is not as desired. Every field that gennet sets
 * belongs in `desired`. The order of a list does not matter. `immutable` fields cannot change in place.
 */
export function differenceOf(
  target: string,
  actual: Fields | undefined,
  desired: Fields,
  immutable: readonly string[] = [],
): Difference {
  if (actual === undefined) return { operations: [creation(target, desired)] };
  const changed = Object.entries(desired).filter(([field, value]) => !sameValue(actual[field], value));
  const operations = changed.map(([field, value]) => update(target, field, value, actual[field]));
  const fixed = changed.filter(([field]) => immutable.includes(field));
  if (fixed.length === 0) return { operations };
  const reasons = fixed.map(
    ([field, value]) => `its ${field} is ${inWords(actual[field])}, gennet.yaml has ${inWords(value)}`,
  );
  return blocked(`${reasons.join("; ")}: that cannot be changed in place`, operations);
}

function sameValue(one: FieldValue | undefined, other: FieldValue): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: FieldValue | undefined): FieldValue | undefined {
  return typeof value === "object" ? value.toSorted() : value;
}

function inWords(value: FieldValue | undefined): string {
  if (value === undefined) return "not set";
  return typeof value === "object" ? value.join(", ") : String(value);
}
