import { describe, expect, it } from "vitest";
import { counted } from "../support/counted.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { ProcessKilled } from "../support/process-calls.ts";
import { type Journey, journeys } from "../support/region-journeys.ts";
import { type RegionTrial, regionTrial, type TrialEnd } from "../support/region-trial.ts";
import { seededPart, seededPlaces } from "../support/seeded-part.ts";

const timeLimit = 1_800_000;
/** How many changes a run is killed at by day. */
const daily = { 1: 16, 2: 4 };

/** Returns an undisturbed run. Its calls that change something are where the others are killed. */
async function undisturbed(journey: Journey): Promise<{ readonly trial: RegionTrial; readonly whole: TrialEnd }> {
  const trial = await journey.prepared();
  const whole = await journey.run(trial);
  const { exit, codes } = whole;
  expect({ exit, codes, due: await journey.due(trial) }).toEqual({ exit: 0, codes: [], due: 0 });
  return { trial, whole };
}

describe.each(journeys.map((journey) => [journey.name, journey] as const))("%s that is killed", (name, journey) => {
  it("Every change belongs to one of its calls, and every run makes the same calls", async () => {
    const before = changesOf(await journey.prepared());
    const { trial, whole } = await undisturbed(journey);
    const ofOthers = whole.calls.filter((call) => !call.name.startsWith("kubernetes "));
    expect(ofOthers.reduce((sum, { changes }) => sum + changes, 0)).toBe(changesOf(trial) - before);
    expect((await undisturbed(journey)).whole.calls).toEqual(whole.calls);
  });

  it.each([
    ["before", "are lost"],
    ["before", "take effect"],
    ["after", "are lost"],
    ["after", "take effect"],
  ] as const)(
    `If it is killed %s ${seededPlaces} changes, and the other calls in flight %s, the next run leaves the same inventory`,
    async (when, others) => {
      const { trial: model, whole } = await undisturbed(journey);
      const all = nonEmpty([...whole.calls.entries()].filter(([, { changes }]) => changes > 0));
      const places = nonEmpty(seededPart(all, daily[journey.regions]));
      for (const [at, call] of places) {
        const trial = await journey.prepared();
        const what = `${when} call ${at}, ${call.name}`;
        const kill = { at, when, landing: others === "take effect" };
        await expect(journey.run(trial, {}, kill), what).rejects.toThrow(ProcessKilled);
        const { exit, codes, next } = await journey.run(trial);
        expect({ what, exit, codes, next }).toMatchObject({ what, exit: 0, codes: [] });
        expect(trial.inventory(), what).toEqual(model.inventory());
        expect(await journey.due(trial), what).toBe(0);
      }
      counted(`${name}, killed ${when} ${places.length} of its ${all.length} changes; the other calls ${others}`);
    },
    timeLimit,
  );
});

describe.each([1, 2] as const)("a bootstrap with %i regions that is given up", (regions) => {
  it.each(["are lost", "take effect"] as const)(
    `If it was killed after ${seededPlaces} changes, and the other calls in flight %s, a destruction leaves nothing`,
    async (others) => {
      const whole = await regionTrial(regions).bootstrap();
      const all = nonEmpty([...whole.calls.entries()].filter(([, { changes }]) => changes > 0));
      const places = nonEmpty(seededPart(all, daily[regions]));
      for (const [at, call] of places) {
        const trial = regionTrial(regions);
        const what = `after call ${at}, ${call.name}`;
        const kill = { at, when: "after", landing: others === "take effect" } as const;
        await expect(trial.bootstrap({}, kill), what).rejects.toThrow(ProcessKilled);
        const { exit, codes, next } = await trial.destroy();
        expect({ what, exit, codes, next }).toMatchObject({ what, exit: 0, codes: [] });
        expect(await trial.left(), what).toBe(0);
      }
      counted(`destroyed after ${places.length} of ${all.length} changes; the other calls in flight ${others}`);
    },
    timeLimit,
  );
});

function changesOf({ sites, repository }: RegionTrial): number {
  return sites.reduce((sum, { cloud }) => sum + cloud.changes(), repository.changes());
}
