import { answerOf } from "../../core/gate.ts";
import type { Stage, StageContext } from "../../core/saga.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import { describeSecret, type Label, labelled, superseded } from "../labels.ts";
import type { Payload } from "../payload.ts";
import type { Versions, RotationWorld } from "../world.ts";

/**
 * The new version, stored as AWSPENDING under the id that the journal has: what an earlier process stored under it is
 * found again. In a roll-back it loses its labels, and AWSPREVIOUS goes back to where it was: a version that did not
 * prove itself must not look like the last good one. That comes last of all, when nothing runs with its value any more.
 */
export function pending(
  world: RotationWorld,
  { target, previous }: Versions,
  newText: (signal: AbortSignal) => Promise<SecretValue>,
): Stage {
  const { primary, secret } = world;
  const stored = (signal: AbortSignal): Promise<Payload | undefined> => world.payload(target, signal);
  const move = (at: StageContext, label: Label, to?: string): Promise<void> =>
    at.change(`${label} off the new version of ${secret}`, () =>
      primary.secrets.moveStage(primary.arn, label, { from: target, to }, at.signal),
    );
  return {
    id: "pending",
    title: "Store the new value as AWSPENDING",
    async do(at) {
      const text = await newText(at.signal);
      await at.change(`store a new version of ${secret}`, () =>
        primary.secrets.putPending(primary.arn, target, text, at.signal),
      );
    },
    async verify({ signal }) {
      if ((await stored(signal)) !== undefined) return answerOf([]);
      const summary = "the new version is not stored";
      return answerOf([{ id: "secrets/version", severity: "fail", subject: `secret ${secret}`, summary }]);
    },
    async undo(at) {
      const description = await describeSecret(world, at.signal);
      if (labelled(description, "AWSPENDING") === target) await move(at, "AWSPENDING");
      if (labelled(description, "AWSPREVIOUS") !== target || at.noted(superseded) !== undefined) return;
      const there = previous !== undefined && (await world.payload(previous, at.signal)) !== undefined;
      await move(at, "AWSPREVIOUS", there ? previous : undefined);
    },
  };
}

/** The new version is no longer pending once everything runs with it. */
export function settled(world: RotationWorld, { target }: Versions): Stage {
  const { primary, secret } = world;
  const isPending = async (signal: AbortSignal): Promise<boolean> =>
    labelled(await describeSecret(world, signal), "AWSPENDING") === target;
  return {
    id: "settled",
    title: "Take the label AWSPENDING off",
    async do(at) {
      await at.change(`AWSPENDING off the new version of ${secret}`, () =>
        primary.secrets.moveStage(primary.arn, "AWSPENDING", { from: target }, at.signal),
      );
    },
    async verify({ signal }) {
      if (!(await isPending(signal))) return answerOf([]);
      const summary = "the new version is still AWSPENDING";
      return answerOf([{ id: "secrets/version", severity: "fail", subject: `secret ${secret}`, summary }]);
    },
    undo: async () => undefined,
  };
}
