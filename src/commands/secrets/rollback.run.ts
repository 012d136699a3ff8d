import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import type { Outcome } from "../../core/outcome.ts";
import { turnBack, unfinishedRun } from "../../core/saga-run.ts";
import { labelled } from "../../secrets/labels.ts";
import { acceptAsItIs } from "../../secrets/accept.ts";
import { begin, resume, type RotationRequest } from "../../secrets/rotate.ts";
import type { SecretRotation } from "../../secrets/rotation-report.ts";
import { rotationText } from "../../secrets/rotation-text.ts";
import { onOwnClusters } from "../own-clusters.run.ts";
import type { SecretsRollbackInput } from "./rollback.ts";
import { openSecret, rotating } from "./open-secret.run.ts";

export async function run(input: SecretsRollbackInput, context: Context): Promise<Outcome<SecretRotation>> {
  const { name, syncTimeout: syncMs, rolloutTimeout: rolloutMs, dryRun, yes } = input;
  const patience = { replicaMs: syncMs, syncMs, rolloutMs };
  const opened = await openSecret(name, patience, onOwnClusters(context), { lenient: input.accept });
  const request: RotationRequest = {
    kind: "rollback",
    source: "stored",
    newValue: () => Promise.reject(new Error("a rollback to a stored version needs no value")),
    newVersion: () => previousOf(name, labelled(opened.description, "AWSPREVIOUS")),
    dryRun,
  };
  return rotating(opened, yes, context, async (journal, settings) => {
    if (input.accept) return acceptAsItIs(opened, dryRun, journal, settings);
    const unfinished = unfinishedRun(journal);
    if (unfinished === undefined) return begin(opened, request, journal, settings);
    const turn = (): Promise<unknown> =>
      turnBack(unfinished, new AppError("SAGA_TURNED_BACK", "Rolled back on request."));
    return resume(opened, request, journal, settings, turn);
  });
}

export function present(report: SecretRotation, view: TextView): string {
  return rotationText(report, view);
}

function previousOf(name: string, version: string | undefined): string {
  if (version !== undefined) return version;
  throw new AppError("SECRET_NOT_ROTATABLE", `${name} has no AWSPREVIOUS version to roll back to.`);
}
