import { answerOf } from "../../core/gate.ts";
import type { Stage, StageContext } from "../../core/saga.ts";
import { assertNotSuperseded, describeSecret, labelled, superseded } from "../labels.ts";
import type { Versions, RotationWorld } from "../world.ts";

/**
 * Moves AWSCURRENT to the target; AWS keeps the previous version as AWSPREVIOUS. Only the two versions of this run are
 * moved.
 */
export function promote(world: RotationWorld, { before, target }: Versions): Stage {
  const { primary, secret } = world;
  const current = async (signal: AbortSignal): Promise<string | undefined> =>
    labelled(await describeSecret(world, signal), "AWSCURRENT");
  const move = (at: StageContext, what: string, from: string, to: string): Promise<void> =>
    at.change(`move AWSCURRENT of ${secret} ${what}`, () =>
      primary.secrets.moveStage(primary.arn, "AWSCURRENT", { from, to }, at.signal),
    );
  return {
    id: "promote",
    title: "Make it AWSCURRENT",
    async do(at) {
      await assertNotSuperseded(world, before, at.signal);
      await move(at, "to the new version", before, target);
    },
    async verify({ signal }) {
      const now = await current(signal);
      if (now === target) return answerOf([]);
      const summary = `AWSCURRENT is version ${now ?? "none"}, not ${target}`;
      return answerOf([{ id: "secrets/version", severity: "fail", subject: `secret ${secret}`, summary }]);
    },
    async undo(at) {
      const now = await current(at.signal);
      if (now === target) await move(at, "back to the previous version", target, before);
      // The value of another process is not overwritten.
      else if (now !== before) await at.note(superseded, { version: now ?? null });
    },
  };
}
