import { AppError } from "../core/error.ts";
import type { Finding } from "../core/finding.ts";
import type { Journal } from "../core/journal.ts";
import { unknownBecause } from "../core/run-checks.ts";
import { acceptRun, type Run } from "../core/saga-run.ts";
import { shell } from "../core/shell-words.ts";
import { describeSecret, labelled } from "./labels.ts";
import { factsOf } from "./rotation.ts";
import type { World } from "./world.ts";

/**
 * Ends an unfinished run as it is. AWSCURRENT stays where it is, and so does what pods hold; only AWSPENDING leaves the
 * run's own version, so that it does not keep another rotation from beginning. Answers what could not be done.
 */
export async function accept(
  world: World,
  run: Run,
  journal: Journal,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { primary, secret } = world;
  const { target } = factsOf(run);
  const findings: Finding[] = [];
  try {
    if (labelled(await describeSecret(world, signal), "AWSPENDING") === target) {
      await journal.write({ run: run.id, event: "change", what: `AWSPENDING off the new version of ${secret}` });
      await primary.secrets.moveStage(primary.arn, "AWSPENDING", { from: target }, signal);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    const fix = shell`aws secretsmanager update-secret-version-stage --secret-id ${secret} --version-stage AWSPENDING --remove-from-version-id ${target}`;
    findings.push({ id: "secrets/version", subject: `secret ${secret}`, ...unknownBecause(error), fix });
  }
  await acceptRun(journal, run);
  return findings;
}
