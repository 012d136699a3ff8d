import type { Context } from "../context.ts";
import type { TextView } from "../core/command.ts";
import { AppError } from "../core/error.ts";
import { exit } from "../core/exit.ts";
import type { Journal } from "../core/journal.ts";
import type { Outcome } from "../core/outcome.ts";
import { turnBack, unfinishedRun } from "../core/saga-run.ts";
import { accept } from "../secrets/accept.ts";
import { holdersOf } from "../secrets/holders.ts";
import { labelled } from "../secrets/labels.ts";
import { factsOf } from "../secrets/rotation.ts";
import type { SecretRotation } from "../secrets/rotation-report.ts";
import { rotationText } from "../secrets/rotation-text.ts";
import { agree, assertAnswerable } from "./consent.run.ts";
import type { SecretsRollbackInput } from "./secrets-rollback.ts";
import { begin, nothingUnfinished, planOf, type RotationRequest, resume } from "./secrets-run.run.ts";
import { type OpenedSecret, openSecret, withJournal } from "./secrets-world.run.ts";

export async function run(input: SecretsRollbackInput, context: Context): Promise<Outcome<SecretRotation>> {
  const { name, syncTimeout: syncMs, rolloutTimeout: rolloutMs, dryRun, yes } = input;
  const patience = { replicaMs: syncMs, syncMs, rolloutMs };
  const opened = await openSecret(name, patience, context, { lenient: input.accept });
  const request: RotationRequest = {
    kind: "rollback",
    source: "stored",
    newValue: () => Promise.reject(new Error("a version that was stored needs no value")),
    newVersion: () => previousOf(name, labelled(opened.description, "AWSPREVIOUS")),
    dryRun,
    yes,
  };
  return withJournal(opened, context, async (journal) => {
    if (input.accept) return end(opened, input, journal, context);
    const unfinished = unfinishedRun(journal);
    if (unfinished === undefined) return begin(opened, request, journal, context);
    const turn = (): Promise<unknown> =>
      turnBack(journal, unfinished, new AppError("SAGA_TURNED_BACK", "It was asked for."));
    return resume(opened, request, journal, context, turn);
  });
}

export function present(report: SecretRotation, view: TextView): string {
  return rotationText(report, view);
}

/** Ends the unfinished run as it is, after a look at which pods hold which value. */
async function end(
  { world, findings: unread }: OpenedSecret,
  { dryRun, yes }: Pick<SecretsRollbackInput, "dryRun" | "yes">,
  journal: Journal,
  context: Context,
): Promise<Outcome<SecretRotation>> {
  const unfinished = unfinishedRun(journal);
  if (unfinished === undefined) throw nothingUnfinished(world.secret);
  assertAnswerable(yes || dryRun, "Pass --dry-run to see which pods hold which value.", context);
  const facts = factsOf(unfinished);
  const { holders, findings } = await holdersOf(world, context.signal);
  const document: SecretRotation = {
    ...planOf(world, facts.before, [], facts),
    versions: { before: facts.before, target: facts.target },
    outcome: "accepted",
    run: unfinished.id,
    holders,
    findings: [...unread, ...findings],
  };
  if (dryRun) return { exit: exit.pending, document: { ...document, outcome: "pending" } };
  context.preview({ ...document, outcome: "pending" }, rotationText);
  await agree(`End the unfinished run of ${world.secret} as it is?`, yes, context);
  const left = await accept(world, unfinished, journal, context.signal);
  return { exit: exit.ok, document: { ...document, findings: [...document.findings, ...left] } };
}

function previousOf(name: string, version: string | undefined): string {
  if (version !== undefined) return version;
  throw new AppError("SECRET_NOT_ROTATABLE", `${name} has no AWSPREVIOUS version that it could go back to.`);
}
