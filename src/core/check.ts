import type { Finding } from "./finding.ts";
import { globMatches } from "./glob.ts";

/**
 * A finding as a check returns it, before the other checks' findings are known; `cause` is filled in from `symptomOf`.
 */
export interface CheckFinding extends Finding {
  /**
   * What this finding is a symptom of: another check's finding about the same subject, or a given finding. If that
   * check finds nothing wrong with the subject, this finding stands alone.
   */
  readonly symptomOf?: Cause | { readonly finding: CheckFinding };
  /** Findings of a check that differ only in this are shown as one: `2 applications (a, b)`. */
  readonly alike?: { readonly name: string; readonly one: string; readonly many?: string };
  /**
   * Whether the checks that need this one have nothing to ask. By default, that is so if this finding is fail or
   * unknown, or was itself skipped because of another one.
   */
  readonly blocks?: boolean;
}

/** The check that finds the cause, and the subject of its finding, written as in {@link Finding.about}. */
export interface Cause {
  readonly id: string;
  readonly about: string;
}

/**
 * One question about a place, without side effects and independent of the order of checks. It throws only errors that
 * it cannot interpret; the runner turns those into an `unknown` finding.
 */
export interface Check<C> {
  /** `area/fact`; stable, because users skip, waive and explain checks by it. */
  readonly id: string;
  readonly title: string;
  /** The output of `gennet explain ID`: what a failure means, and what to do. */
  readonly explain: string;
  /** Ids of checks that must succeed before this one can ask anything. */
  readonly needs?: readonly string[];
  readonly timeoutMs?: number;
  run(context: C, signal: AbortSignal): Promise<readonly CheckFinding[]>;
}

/** The patterns of `--only` and `--skip`: ids, areas, or globs such as `cluster/*`. */
export interface CheckSelection {
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
}

/** Returns why a selection skips a check, for people; undefined if it selects the check. */
export function skipReason(id: string, { only = [], skip = [] }: CheckSelection): string | undefined {
  if (matches(skip, id)) return "skipped by --skip";
  return only.length === 0 || matches(only, id) ? undefined : "skipped by --only";
}

/** Returns whether one of the patterns matches this check. */
export function matches(patterns: readonly string[], id: string): boolean {
  return patterns.some((pattern) => id.startsWith(`${pattern}/`) || globMatches(pattern, id));
}
