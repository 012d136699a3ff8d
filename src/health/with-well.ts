import type { CheckFinding } from "../core/check.ts";
import { counted } from "../core/enumerate.ts";

/** The subjects that a check looked at and found nothing wrong with. */
export interface Well {
  readonly id: string;
  readonly count: number;
  /** `proxy`, and `proxies` where an s does not make it. */
  readonly one: string;
  readonly many?: string;
  readonly summary: string;
  readonly evidence?: Readonly<Record<string, unknown>>;
  /** What is reported where there was nothing to look at. */
  readonly none: string | CheckFinding;
}

/**
 * Returns the findings of a check with one more about the subjects that are healthy. Where there are none it is no proof
 * of anything: a check that looked at nothing is skipped, or what `none` makes of it, and never ok.
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
