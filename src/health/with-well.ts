import type { CheckFinding } from "../core/check.ts";
import { counted } from "../core/enumerate.ts";

/** The subjects that a check looked at and that are healthy. */
export interface Well {
  readonly id: string;
  readonly count: number;
  /** `proxy`, and `proxies` if the plural does not just end with an s. */
  readonly one: string;
  readonly many?: string;
  readonly summary: string;
  readonly evidence?: Readonly<Record<string, unknown>>;
  /** The finding if there was nothing to check. */
  readonly none: string | CheckFinding;
}

/**
 * Returns the findings of a check with one more about the healthy subjects. Having no subjects proves nothing: a check that
 * looked at nothing is skipped, or reports `none`, but is never ok.
 */
export function withWell(
  findings: readonly CheckFinding[],
  { id, count, one, many = `${one}s`, summary, evidence, none }: Well,
): readonly CheckFinding[] {
  if (count > 0) {
    const shown = evidence === undefined ? {} : { evidence };
    return [...findings, { id, severity: "ok", subject: counted(count, one, many), summary, ...shown }];
  }
  if (findings.length > 0) return findings;
  return [typeof none === "string" ? { id, severity: "skip", subject: many, summary: none } : none];
}
