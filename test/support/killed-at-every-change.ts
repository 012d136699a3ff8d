import { expect } from "vitest";
import type { AwsChanges } from "./aws-changes.ts";

interface Killing<T> {
  /** Returns what `run` begins with. */
  begin(): T | Promise<T>;
  run(cloud: T): Promise<unknown>;
  /** An undisturbed run makes more changes than this. */
  readonly moreThan: number;
  /** Compares what a killed run and the next one have left with what the undisturbed one has. */
  compare(cloud: T, whole: T): Promise<void> | void;
}

/** Kills a run before and after each of its changes, and runs it again. */
export async function killedAtEveryChange<T extends { readonly ledger: AwsChanges }>({
  begin,
  run,
  moreThan,
  compare,
}: Killing<T>): Promise<void> {
  const whole = await begin();
  const before = whole.ledger.count();
  await run(whole);
  const calls = whole.ledger.count() - before;
  expect(calls).toBeGreaterThan(moreThan);
  for (const when of ["before", "after"] as const) {
    for (let n = 0; n < calls; n++) {
      const cloud = await begin();
      cloud.ledger.kill(n, when);
      await expect(run(cloud)).rejects.toThrow("killed");
      cloud.ledger.restart();
      await run(cloud);
      await compare(cloud, whole);
    }
  }
}
