import { dayOf } from "../../core/day.ts";
import type { CheckFinding } from "../../core/check.ts";
import { daysUntil } from "./status-context.ts";

/** Judges how long a certificate is still valid. `noticeDays` before its end, that is a warning. */
export function expiryOf(
  end: Date,
  now: number,
  noticeDays: number,
): Pick<CheckFinding, "severity" | "summary" | "evidence"> {
  const evidence = { validUntil: end.toISOString() };
  const left = daysUntil(end, now);
  if (left < 0) return { severity: "fail", summary: `expired on ${dayOf(end)}`, evidence };
  return { severity: left <= noticeDays ? "warn" : "ok", summary: `valid until ${dayOf(end)}`, evidence };
}
