import { describe, expect, it } from "vitest";
import { faultAt, faults } from "../support/call-faults.ts";
import { counted } from "../support/counted.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { honestStops, journeys, type RegionTrial, regionTrial } from "../support/region-trial.ts";

const timeLimit = 1_800_000;

describe.each(journeys)("%s of which every call meets a fault", (journey, prepare) => {
  async function prepared(): Promise<RegionTrial> {
    const trial = regionTrial();
    await prepare(trial);
    return trial;
  }

  it.each(faults)(
    "If any one call is %s, the run converges or stops with a next step, and the next run leaves the same inventory",
    async (fault) => {
      const model = await prepared();
      const whole = await model.bootstrap();
      const ends = { converged: 0, stopped: 0, "without effect": 0 };
      for (const [at, { name }] of nonEmpty(whole.calls.entries())) {
        const trial = await prepared();
        const { fate, used } = faultAt(at, fault);
        const what = `${fault}: call ${at}, ${name}`;
        const { exit, codes, next } = await trial.bootstrap(fate);
        if (!used()) {
          ends["without effect"]++;
          continue;
        }
        ends[exit === 0 ? "converged" : "stopped"]++;
        const isRight =
          exit === 0
            ? (await trial.pending()) === 0
            : honestStops.has(exit) && next.length > 0 && next.every((step) => step !== "");
        expect({ what, exit, codes, next, isRight }).toMatchObject({ isRight: true });
        const again = await trial.bootstrap();
        expect({ what, exit: again.exit, codes: again.codes }).toEqual({ what, exit: 0, codes: [] });
        expect(trial.inventory(), what).toEqual(model.inventory());
        expect(await trial.pending(), what).toBe(0);
      }
      expect(ends.converged + ends.stopped).toBeGreaterThan(0);
      const counts = Object.entries(ends).map(([end, count]) => `${count} ${end}`);
      counted(`${journey}, each of its ${whole.calls.length} calls ${fault} once: ${counts.join(", ")}`);
    },
    timeLimit,
  );
});
