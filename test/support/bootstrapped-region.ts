import { openJournal } from "../../src/core/journal.ts";
import { beginRun } from "../../src/core/run.ts";
import { bootstrapRegions } from "../../src/region/bootstrap.ts";
import { planRegions } from "../../src/region/region-plan.ts";
import type { RegionWorld } from "../../src/region/world.ts";
import { memoryLines } from "./memory-lines.ts";

/** Creates everything that the regions need, in the AWS of their worlds. Throws if something could not be created. */
export async function bootstrapped(worlds: readonly RegionWorld[]): Promise<void> {
  let now = 0;
  const clock = { now: () => now, sleep: async (ms: number) => void (now += ms) };
  const { signal } = new AbortController();
  const run = await beginRun(await openJournal(memoryLines(), "acme", clock), "r1", {});
  const settings = { clock, signal, report: () => undefined };
  const { exit, findings } = await bootstrapRegions(worlds, await planRegions(worlds, signal), run, settings);
  if (exit !== 0) throw new Error(findings.map(({ summary }) => summary).join("; "));
}
