import { AppError } from "../../core/error.ts";
import { answerOf } from "../../core/gate.ts";
import type { Stage, StageAt } from "../../core/saga.ts";
import { describeSecret, labelled } from "../labels.ts";
import type { Versions, World } from "../world.ts";

/** AWSCURRENT goes to the target; AWS keeps the version before as AWSPREVIOUS. Only the two of this run are moved. */
export function promote(world: World, { before, target }: Versions): Stage {
  const { primary, secret } = world;
  const current = async (signal: AbortSignal): Promise<string | undefined> =>
    labelled(await describeSecret(world, signal), "AWSCURRENT");
  const move = async (at: StageAt, what: string, from: string, to: string): Promise<void> => {
    const now = await current(at.signal);
    if (now === to) return;
    if (now !== from) throw superseded(secret);
    await at.change(what, () => primary.secrets.moveStage(primary.arn, "AWSCURRENT", { from, to }, at.signal));
  };
  return {
    id: "promote",
    title: "Make it AWSCURRENT",
    do: (at) => move(at, `AWSCURRENT of ${secret} to the new version`, before, target),
    async verify({ signal }) {
      const now = await current(signal);
      if (now === target) return answerOf([]);
      const summary = `AWSCURRENT is at version ${now ?? "none"}, not at ${target}`;
      return answerOf([{ id: "secrets/version", severity: "fail", subject: `secret ${secret}`, summary }]);
    },
    undo: (at) => move(at, `AWSCURRENT of ${secret} back to the version before`, target, before),
  };
}

function superseded(secret: string): AppError {
  return new AppError(
    "SECRET_SUPERSEDED",
    `Somebody else has changed ${secret} meanwhile: AWSCURRENT is at a version of theirs.`,
    {
      next: ["gennet secrets list   shows its versions", `gennet secrets verify ${secret}   shows who has which value`],
    },
  );
}
