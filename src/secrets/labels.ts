import type { SecretDescription } from "../aws/secrets-port.ts";
import { AppError } from "../core/error.ts";
import type { World } from "./world.ts";

/** The staging labels of Secrets Manager: docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html */
export type Label = "AWSCURRENT" | "AWSPREVIOUS" | "AWSPENDING";

/** The version that has a label. */
export function labelled({ versions }: Pick<SecretDescription, "versions">, label: Label): string | undefined {
  return Object.entries(versions).find(([, labels]) => labels.includes(label))?.[0];
}

export async function describeSecret({ primary, secret }: World, signal: AbortSignal): Promise<SecretDescription> {
  const description = await primary.secrets.describe(primary.arn, signal);
  if (description !== undefined) return description;
  throw new AppError("SECRET_UNKNOWN", `${secret} is no longer in Secrets Manager of ${primary.awsRegion}.`);
}
