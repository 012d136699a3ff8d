import { describe, expect, it } from "vitest";
import { counted } from "../support/counted.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { ProcessKilled } from "../support/process-calls.ts";
import { isNightly } from "../support/effort.ts";
import { journeys, type RegionTrial, regionTrial, type TrialEnd } from "../support/region-trial.ts";

const timeLimit = 1_800_000;

const platforms = journeys.flatMap(([journey, prepare]) => [
  [`${journey} of one region`, 1, prepare] as const,
  [`${journey} of two regions`, 2, prepare] as const,
]);

describe.each(platforms)("%s that is killed at every change", (journey, regions, prepare) => {
  /** By day, some places are enough for the second region: the first one is killed at all of them. */
  const step = regions === 1 || isNightly ? 1 : 7;

  async function prepared(): Promise<RegionTrial> {
    const trial = regionTrial(regions);
    await prepare(trial);
    return trial;
  }

  /** Returns an undisturbed run. Its calls that change something are where the others are killed. */
  async function undisturbed(): Promise<{ readonly trial: RegionTrial; readonly whole: TrialEnd }> {
    const trial = await prepared();
    const whole = await trial.bootstrap();
    expect({ exit: whole.exit, pending: await trial.pending() }).toEqual({ exit: 0, pending: 0 });
    return { trial, whole };
  }

  it("Every change belongs to one of its calls, and every run makes the same calls", async () => {
    const before = changesOf(await prepared());
    const { trial, whole } = await undisturbed();
    const ofAws = whole.calls.filter(({ name }) => !name.startsWith("kubernetes "));
    expect(ofAws.reduce((sum, { changes }) => sum + changes, 0)).toBe(changesOf(trial) - before);
    expect((await undisturbed()).whole.calls).toEqual(whole.calls);
  });

  it.each([
    ["before", "are lost"],
    ["before", "take effect"],
    ["after", "are lost"],
    ["after", "take effect"],
  ] as const)(
    "If it is killed %s any change, and the other calls in flight %s, the next run leaves the same inventory",
    async (when, others) => {
      const { trial: model, whole } = await undisturbed();
      const all = nonEmpty(whole.calls.entries()).filter(([, { changes }]) => changes > 0);
      const places = all.filter((_place, at) => at % step === 0);
      for (const [at, { name }] of nonEmpty(places)) {
        const trial = await prepared();
        const what = `${when} call ${at}, ${name}`;
        const kill = { at, when, landing: others === "take effect" };
        await expect(trial.bootstrap({}, kill), what).rejects.toThrow(ProcessKilled);
        const { exit, codes } = await trial.bootstrap();
        expect({ what, exit, codes }).toEqual({ what, exit: 0, codes: [] });
        expect(trial.inventory(), what).toEqual(model.inventory());
        expect(await trial.pending(), what).toBe(0);
      }
      const part = `${places.length} of its ${all.length} changes`;
      counted(`${journey}, killed ${when} ${part}; the other calls in flight ${others}`);
    },
    timeLimit,
  );
});

function changesOf({ sites }: RegionTrial): number {
  return sites.reduce((sum, { cloud }) => sum + cloud.changes(), 0);
}
