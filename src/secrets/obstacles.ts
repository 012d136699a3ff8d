import type { SecretDescription } from "../aws/secrets/port.ts";
import { AppError } from "../core/error.ts";
import type { Finding } from "../core/finding.ts";
import { shell } from "../core/shell-words.ts";
import { labelled } from "./labels.ts";
import type { Payload } from "./payload.ts";
import type { RotationKind } from "./rotation.ts";

/** Returns the obstacles in the secret itself, whatever reads it. */
export function secretObstacles(
  secret: string,
  description: SecretDescription,
  current: Payload | undefined,
  kind: RotationKind,
): Finding[] {
  const about = { id: "secrets/rotatable", severity: "fail", subject: `secret ${secret}` } as const;
  const { owner, rotatedByAws } = description;
  if (owner !== undefined) return [{ ...about, summary: `it is managed by the AWS service ${owner}` }];
  const fix = shell`aws secretsmanager cancel-rotate-secret --secret-id ${secret}`;
  if (rotatedByAws) return [{ ...about, summary: "AWS rotates it on a schedule, and would change it again", fix }];
  if (current === undefined) return [{ ...about, summary: "it has no AWSCURRENT value" }];
  if (current.binary && kind === "rotate") return [{ ...about, summary: "its value is binary" }];
  return [];
}

export function assertRotatable(secret: string, obstacles: readonly Finding[]): void {
  if (obstacles.length === 0) return;
  const reasons = obstacles.map(({ region, subject, summary }) =>
    [region === undefined ? "" : `${region}: `, `${subject}: ${summary}`].join(""),
  );
  throw new AppError("SECRET_NOT_ROTATABLE", `${secret} cannot be rotated: ${reasons.join("; ")}.`, {
    next: [...new Set(obstacles.flatMap((each) => (each.fix === undefined ? [] : [each.fix])))],
  });
}

/** Throws SECRET_ROTATION_IN_FLIGHT if a version other than AWSCURRENT is AWSPENDING. */
export function assertNotInFlight(secret: string, description: SecretDescription): void {
  const pending = labelled(description, "AWSPENDING");
  if (pending === undefined || pending === labelled(description, "AWSCURRENT")) return;
  const command = shell`aws secretsmanager update-secret-version-stage --secret-id ${secret} --version-stage AWSPENDING --remove-from-version-id ${pending}`;
  throw new AppError(
    "SECRET_ROTATION_IN_FLIGHT",
    `${secret} is being rotated by another process: version ${pending} is AWSPENDING.`,
    { next: ["Wait until it has finished, then run the command again.", `${command}  # if it was abandoned`] },
  );
}
