import type { Context } from "../context.ts";
import type { TextView } from "../core/command.ts";
import { AppError } from "../core/error.ts";
import type { Outcome } from "../core/outcome.ts";
import { turnBack, unfinishedRun } from "../core/saga-run.ts";
import { labelled } from "../secrets/labels.ts";
import type { SecretRotation } from "../secrets/rotation-report.ts";
import { rotationText } from "../secrets/rotation-text.ts";
import type { SecretsRollbackInput } from "./secrets-rollback.ts";
import { begin, type RotationRequest, resume } from "./secrets-run.run.ts";
import { openSecret, withJournal } from "./secrets-world.run.ts";

export async function run(input: SecretsRollbackInput, context: Context): Promise<Outcome<SecretRotation>> {
  const { name, syncTimeout: syncMs, rolloutTimeout: rolloutMs, dryRun, yes } = input;
  const opened = await openSecret(name, { replicaMs: syncMs, syncMs, rolloutMs }, context);
  const request: RotationRequest = {
    kind: "rollback",
    source: "stored",
    newValue: () => Promise.reject(new Error("a version that was stored needs no value")),
    newVersion: () => previousOf(name, labelled(opened.description, "AWSPREVIOUS")),
    dryRun,
    yes,
  };
  return withJournal(opened, context, async (journal) => {
    const unfinished = unfinishedRun(journal);
    if (unfinished === undefined) return begin(opened, request, journal, context);
    const turn = (): Promise<unknown> =>
      turnBack(journal, unfinished, new AppError("SAGA_TURNED_BACK", "Somebody asked for it."));
    return resume(opened, request, journal, context, turn);
  });
}

export function present(report: SecretRotation, view: TextView): string {
  return rotationText(report, view);
}

function previousOf(name: string, version: string | undefined): string {
  if (version !== undefined) return version;
  throw new AppError("SECRET_NOT_ROTATABLE", `${name} has no AWSPREVIOUS version that it could go back to.`);
}
