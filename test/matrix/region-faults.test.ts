import { describe, expect, it } from "vitest";
import { faultAt, faults } from "../support/call-faults.ts";
import { counted } from "../support/counted.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { journeys } from "../support/region-journeys.ts";
import { seededPart, seededPlaces } from "../support/seeded-part.ts";

const timeLimit = 3_600_000;
/** How many calls meet each fault by day. */
const daily = { 1: 24, 2: 4 };

describe.each(journeys.map((journey) => [journey.name, journey] as const))(
  "%s of which a call meets a fault",
  (name, journey) => {
    it.each(faults)(
      `If ${seededPlaces} calls is %s, the run converges or stops with a next step, and the next run leaves the same inventory`,
      async (fault) => {
        const model = await journey.prepared();
        const whole = await journey.run(model);
        const ends = { converged: 0, stopped: 0, "without effect": 0 };
        const places = nonEmpty(seededPart([...whole.calls.entries()], daily[journey.regions]));
        for (const [at, call] of places) {
          const trial = await journey.prepared();
          const { fate, used } = faultAt(at, fault);
          const what = `${fault}: call ${at}, ${call.name}`;
          const { exit, codes, next } = await journey.run(trial, fate);
          if (!used()) {
            ends["without effect"]++;
            continue;
          }
          ends[exit === 0 ? "converged" : "stopped"]++;
          const hasNext = next.length > 0 && next.every((step) => step !== "");
          // What gennet.yaml does not ask for and may not be read is left alone, and said.
          const isLeft = fault === "denied" && hasNext;
          // What is in a cluster and may not be read is a finding: the rest of the region is made.
          const isReported = fault === "denied" && exit === 3;
          const isRight =
            exit === 0
              ? isLeft || (await journey.due(trial)) === 0
              : (isReported || journey.stops.has(exit)) && hasNext;
          expect({ what, exit, codes, next, isRight }).toEqual({ what, exit, codes, next, isRight: true });
          const again = await journey.run(trial);
          expect({ what, exit: again.exit, codes: again.codes, next: again.next }).toMatchObject({
            what,
            exit: 0,
            codes: [],
          });
          expect(trial.inventory(), what).toEqual(model.inventory());
          expect(await journey.due(trial), what).toBe(0);
        }
        expect(ends.converged + ends.stopped + ends["without effect"]).toBe(places.length);
        const counts = Object.entries(ends).map(([end, count]) => `${count} ${end}`);
        counted(`${name}, ${places.length} of its ${whole.calls.length} calls ${fault} once: ${counts.join(", ")}`);
      },
      timeLimit,
    );
  },
);
