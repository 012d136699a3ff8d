import { AppError } from "../../core/error.ts";
import type { Session } from "../session.ts";

/** A temporary reason for which EKS rejects a call. */
interface PassingReason {
  readonly is: (error: Error) => boolean;
  readonly patienceMs: number;
  readonly pauseMs: number;
  readonly note: (error: Error) => string;
}

/**
 * EKS reports that a new role, or one of its policies, does not exist. IAM is eventually consistent.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html (changes are not always immediately visible)
 */
export const unknownRole: PassingReason = {
  is: ({ name, message }) =>
    /^(InvalidParameterException|InvalidRequestException)$/.test(name) && /\brole\b/i.test(message),
  patienceMs: 90_000,
  pauseMs: 3_000,
  note: ({ message }) => `EKS rejects the role: ${message} If the role is new, that passes; retrying in 3 s`,
};

/**
 * EKS performs one update of a cluster or node group at a time, none while it creates it, and its status does not show
 * every update. https://github.com/aws-controllers-k8s/community/issues/1192
 */
export const updateInProgress: PassingReason = {
  is: ({ name, message }) =>
    (name === "ResourceInUseException" && !/\battached\b/.test(message)) ||
    (name === "InvalidRequestException" && /\bnot in (the )?ACTIVE\b/.test(message)),
  patienceMs: 15 * 60_000,
  pauseMs: 15_000,
  note: () => "EKS is still performing another update; retrying in 15 s",
};

/** Retries a call for a while if EKS rejects it for this reason: such a call has no effect. */
export async function onceAllowed<T>(
  { clock, emit }: Pick<Session, "clock" | "emit">,
  signal: AbortSignal,
  reason: PassingReason,
  call: () => Promise<T>,
): Promise<T> {
  const begun = clock.now();
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const cause = error instanceof AppError ? error.cause : undefined;
      const passes = cause instanceof Error && reason.is(cause) && clock.now() - begun < reason.patienceMs;
      if (!passes) throw error;
      emit({ type: "note", level: "debug", text: reason.note(cause) });
      await clock.sleep(reason.pauseMs, signal);
    }
  }
}
