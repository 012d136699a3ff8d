import type { Paint } from "../core/command.ts";
import type { Finding } from "../core/finding.ts";

/** The state of one of many: unknown is neither good nor bad. */
export type ShareState = "good" | "bad" | "unknown";

/**
 * Returns `5/6` if five are good, `4/6, 1 ?` if one of them is unknown, `?/6` if all are, and `?` if nothing was read.
 */
export function share(all: readonly ShareState[] | undefined, paint: Paint): string {
  if (all === undefined) return paint("unknown", "?");
  const count = (state: ShareState): number => all.filter((each) => each === state).length;
  const [good, bad, unknown] = [count("good"), count("bad"), count("unknown")];
  if (unknown === 0) return paint(bad === 0 ? "good" : "bad", `${good}/${all.length}`);
  const text = unknown === all.length ? `?/${all.length}` : `${good}/${all.length}, ${unknown} ?`;
  return paint(bad === 0 ? "unknown" : "bad", text);
}

/** Returns whether the user skipped a check: what it would have read is not unknown, but was not requested. */
export function isLeftOut(findings: readonly Finding[], region: string, id: string): boolean {
  return findings.some(
    (each) => each.id === id && each.region === region && each.severity === "skip" && each.cause === undefined,
  );
}
