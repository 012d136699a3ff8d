import type { SecretDescription } from "../aws/secrets/port.ts";
import { AppError } from "../core/error.ts";
import type { RotationWorld } from "./world.ts";

/** The staging labels of Secrets Manager: docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html */
export type Label = "AWSCURRENT" | "AWSPREVIOUS" | "AWSPENDING";

/** Returns the version that has a label. */
export function labelled({ versions }: Pick<SecretDescription, "versions">, label: Label): string | undefined {
  return Object.entries(versions).find(([, labels]) => labels.includes(label))?.[0];
}

/** What a run records when it finds a version of another process: from then on, there is nothing to roll back. */
export const superseded = "AWSCURRENT is at a version of another process";

/** Throws SECRET_SUPERSEDED if AWSCURRENT is no longer the run's version. */
export async function assertNotSuperseded(world: RotationWorld, target: string, signal: AbortSignal): Promise<void> {
  const now = labelled(await describeSecret(world, signal), "AWSCURRENT");
  if (now === target) return;
  const { secret } = world;
  throw new AppError("SECRET_SUPERSEDED", `${secret} was changed by another process: AWSCURRENT is ${now ?? "none"}.`, {
    next: [`gennet secrets verify ${secret}  # shows which pods have which value`],
  });
}

export async function describeSecret(
  { primary, secret }: RotationWorld,
  signal: AbortSignal,
): Promise<SecretDescription> {
  const description = await primary.secrets.describe(primary.arn, signal);
  if (description !== undefined) return description;
  throw new AppError("SECRET_UNKNOWN", `${secret} is no longer in Secrets Manager of ${primary.awsRegion}.`);
}
