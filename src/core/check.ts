import type { Finding } from "./finding.ts";

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
  run(context: C, signal: AbortSignal): Promise<readonly Finding[]>;
}
