import { describe, expect, it } from "vitest";
import { counted } from "../support/counted.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { ProcessKilled } from "../support/process-calls.ts";
import { type RegionTrial, regionTrial, type TrialEnd } from "../support/region-trial.ts";

/** An undisturbed bootstrap of two regions. Its calls that change something are where the others are killed. */
async function undisturbed(): Promise<{ readonly trial: RegionTrial; readonly whole: TrialEnd }> {
  const trial = regionTrial(2);
  const whole = await trial.bootstrap();
  expect({ exit: whole.exit, pending: await trial.pending() }).toEqual({ exit: 0, pending: 0 });
  return { trial, whole };
}

describe("a bootstrap that is killed at every change", () => {
  it("Every change of an undisturbed run belongs to one of its calls, and every run makes the same calls", async () => {
    const { trial, whole } = await undisturbed();
    const ofAws = whole.calls.filter(({ name }) => !name.startsWith("kubernetes "));
    const made = trial.sites.reduce((sum, { cloud }) => sum + cloud.changes(), 0);
    expect(ofAws.reduce((sum, { changes }) => sum + changes, 0)).toBe(made);
    expect((await undisturbed()).whole.calls).toEqual(whole.calls);
  });

  it.each([
    ["before", "are lost"],
    ["before", "take effect"],
    ["after", "are lost"],
    ["after", "take effect"],
  ] as const)(
    "If a run is killed %s any change, and the other calls in flight %s, the next run leaves the same inventory",
    async (when, others) => {
      const { trial: model, whole } = await undisturbed();
      const places = nonEmpty(whole.calls.entries()).filter(([, { changes }]) => changes > 0);
      for (const [at, { name }] of nonEmpty(places)) {
        const trial = regionTrial(2);
        const what = `${when} call ${at}, ${name}`;
        const kill = { at, when, landing: others === "take effect" };
        await expect(trial.bootstrap({}, kill), what).rejects.toThrow(ProcessKilled);
        const { exit, codes } = await trial.bootstrap();
        expect({ what, exit, codes }).toEqual({ what, exit: 0, codes: [] });
        expect(trial.inventory(), what).toEqual(model.inventory());
        expect(await trial.pending(), what).toBe(0);
      }
      counted(
        `a bootstrap of two regions was killed ${when} each of ${places.length} changes; calls in flight ${others}`,
      );
    },
  );
});
