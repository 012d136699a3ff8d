import { AppError } from "../../core/error.ts";
import type { Session } from "../session.ts";

const patienceMs = 90_000;
const pauseMs = 3_000;

/**
 * Retries a call for a while if EKS reports that a new role, or one of its policies, does not exist. IAM is eventually
 * consistent, and such a call has no effect.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html (changes are not always immediately visible)
 */
export async function onceRolesAreKnown<T>(session: Session, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  const { clock, emit } = session;
  const begun = clock.now();
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isAboutRole(error) || clock.now() - begun >= patienceMs) throw error;
      emit({ type: "note", level: "debug", text: `EKS does not know the new IAM role yet; retrying in 3 s` });
      await clock.sleep(pauseMs, signal);
    }
  }
}

function isAboutRole(error: unknown): boolean {
  const cause = error instanceof AppError ? error.cause : undefined;
  return (
    cause instanceof Error &&
    /^(InvalidParameterException|InvalidRequestException)$/.test(cause.name) &&
    /\brole\b/i.test(cause.message)
  );
}
