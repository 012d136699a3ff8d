import { createHash } from "node:crypto";
import type { Clock } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import type { Emit } from "../core/event.ts";
import type { SecretRotation } from "./rotation-report.ts";
import type { RotationWorld } from "./world.ts";

/** The settings of a rotation, and how to ask the user. */
export interface RotationSettings {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** Shows the plan. */
  readonly show: (plan: SecretRotation) => void;
  /** Throws if no one can be asked; `instead` is how to look without changing anything. */
  readonly assertAnswerable: (instead: string) => void;
  /** Throws INTERRUPTED if the answer is no. */
  readonly agree: (question: string) => Promise<void>;
}

/** Returns the name of a secret's journal. */
export function journalOf({ secret, primary: { arn } }: Pick<RotationWorld, "secret" | "primary">): string {
  const readable = secret.replace(/[^A-Za-z0-9._-]+/g, ".").slice(0, 80);
  return `secrets/${readable}-${createHash("sha256").update(arn).digest("hex").slice(0, 8)}`;
}

export function nothingUnfinished(secret: string): AppError {
  return new AppError("SAGA_NOTHING_TO_RESUME", `No unfinished rotation of ${secret} was found.`);
}
