import { answerOf } from "../../core/gate.ts";
import type { Stage, StageContext } from "../../core/saga.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import { describeSecret, type Label, labelled, superseded } from "../labels.ts";
import type { Payload } from "../payload.ts";
import type { Versions, RotationWorld } from "../world.ts";

/**
 * Stores the new version as AWSPENDING under the id in the journal, which also finds what an earlier process stored. A
 * roll-back removes its labels and returns AWSPREVIOUS, because a version that was not verified must not look like the
 * last good one. That comes last, when nothing uses its value any more.
 */
export function pending(
  world: RotationWorld,
  { target, previous }: Versions,
  newText: (signal: AbortSignal) => Promise<SecretValue>,
): Stage {
  const { primary, secret } = world;
  const stored = (signal: AbortSignal): Promise<Payload | undefined> => world.payload(target, signal);
  const move = (at: StageContext, label: Label, to?: string): Promise<void> =>
    at.change(`remove ${label} from the new version of ${secret}`, () =>
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

/** Ends the pending state of the new version once everything uses it. */
export function settled(world: RotationWorld, { target }: Versions): Stage {
  const { primary, secret } = world;
  const isPending = async (signal: AbortSignal): Promise<boolean> =>
    labelled(await describeSecret(world, signal), "AWSPENDING") === target;
  return {
    id: "settled",
    title: "Remove the label AWSPENDING",
    async do(at) {
      await at.change(`remove AWSPENDING from the new version of ${secret}`, () =>
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
