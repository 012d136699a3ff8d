import type { Finding } from "./finding.ts";
import { globMatches } from "./glob.ts";

/** A finding as a check makes it, before it is known what the others have found; `cause` is filled in from `symptomOf`. */
export interface CheckFinding extends Finding {
  /**
   * What this one is a symptom of: what another check finds about the same thing, or a finding that is at hand. Where
   * that check finds nothing wrong with the thing, this one stands by itself.
   */
  readonly symptomOf?: Cause | { readonly finding: CheckFinding };
  /** Findings of a check that differ in nothing but this are shown as one: `2 applications (a, b)`. */
  readonly alike?: { readonly name: string; readonly one: string; readonly many?: string };
}

/** The check that finds the cause, and what it finds it about, as {@link Finding.about} has it. */
export interface Cause {
  readonly id: string;
  readonly about: string;
}

/**
 * One question about a place, without side effects and independent of the order it is asked in.
 * It throws only what it does not understand; the runner turns that into an `unknown` finding.
 */
export interface Check<C> {
  /** `area/fact`, stable: people skip, waive and explain checks by it. */
  readonly id: string;
  readonly title: string;
  /** What `gennet explain ID` prints: what it means when this fails, and what to do. */
  readonly explain: string;
  /** Ids of checks without whose success this one has nothing to ask. */
  readonly needs?: readonly string[];
  readonly timeoutMs?: number;
  run(context: C, signal: AbortSignal): Promise<readonly CheckFinding[]>;
}

/** The patterns of `--only` and `--skip`: ids, areas, or globs such as `cluster/*`. */
export interface CheckSelection {
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
}

/** Returns why a selection leaves a check unasked, for people; undefined where it is asked. */
export function skipReason(id: string, { only = [], skip = [] }: CheckSelection): string | undefined {
  if (matches(skip, id)) return "skipped by --skip";
  return only.length === 0 || matches(only, id) ? undefined : "skipped by --only";
}

/** Returns whether one of the patterns names this check. */
export function matches(patterns: readonly string[], id: string): boolean {
  return patterns.some((pattern) => id.startsWith(`${pattern}/`) || globMatches(pattern, id));
}
