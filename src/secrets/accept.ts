import { AppError } from "../core/error.ts";
import { exit } from "../core/exit.ts";
import type { Finding } from "../core/finding.ts";
import type { Journal } from "../core/journal.ts";
import { unknownBecause } from "../core/run-checks.ts";
import type { Outcome } from "../core/outcome.ts";
import { acceptRun, type SagaRun, unfinishedRun } from "../core/saga-run.ts";
import { shell } from "../core/shell-words.ts";
import { describeSecret, labelled } from "./labels.ts";
import { holdersOf } from "./holders.ts";
import { factsOf } from "./rotation.ts";
import { planOf } from "./rotation-plan.ts";
import type { SecretRotation } from "./rotation-report.ts";
import { nothingUnfinished, type RotationSettings } from "./rotation-settings.ts";
import type { OpenedSecret, RotationWorld } from "./world.ts";

/**
 * Ends an unfinished run in its current state. AWSCURRENT and the values in pods stay as they are; only the run's own
 * version loses AWSPENDING, so that it does not block another rotation. Returns what could not be done.
 */
export async function accept(
  world: RotationWorld,
  run: SagaRun,
  journal: Journal,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { primary, secret } = world;
  const { target } = factsOf(run);
  const findings: Finding[] = [];
  try {
    if (labelled(await describeSecret(world, signal), "AWSPENDING") === target) {
      await journal.write({
        run: run.id,
        event: "change",
        what: `remove AWSPENDING from the new version of ${secret}`,
      });
      await primary.secrets.moveStage(primary.arn, "AWSPENDING", { from: target }, signal);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    const fix = shell`aws secretsmanager update-secret-version-stage --secret-id ${secret} --version-stage AWSPENDING --remove-from-version-id ${target}`;
    findings.push({ id: "secrets/version", subject: `secret ${secret}`, ...unknownBecause(error), fix });
  }
  await acceptRun(run);
  return findings;
}

/** Ends the unfinished run in its current state, after it has looked up which pods hold which value. */
export async function acceptAsItIs(
  { world, findings: unread }: OpenedSecret,
  dryRun: boolean,
  journal: Journal,
  settings: RotationSettings,
): Promise<Outcome<SecretRotation>> {
  const unfinished = unfinishedRun(journal);
  if (unfinished === undefined) throw nothingUnfinished(world.secret);
  if (!dryRun) settings.assertAnswerable("Pass --dry-run to see which pods hold which value.");
  const facts = factsOf(unfinished);
  const { holders, findings } = await holdersOf(world, settings.signal);
  const document: SecretRotation = {
    ...planOf(world, facts.before, [], facts),
    versions: { before: facts.before, target: facts.target },
    outcome: "accepted",
    run: unfinished.id,
    holders,
    findings: [...unread, ...findings],
  };
  if (dryRun) return { exit: exit.pending, document: { ...document, outcome: "pending" } };
  settings.show({ ...document, outcome: "pending" });
  await settings.agree(`End the unfinished run of ${world.secret} in its current state?`);
  const left = await accept(world, unfinished, journal, settings.signal);
  return { exit: exit.ok, document: { ...document, findings: [...document.findings, ...left] } };
}
