import { AppError } from "../core/error.ts";
import { remembered } from "../core/shared.ts";
import { tokenSource } from "./eks/token.ts";
import { toAppError } from "./errors.ts";
import type { Aws } from "./port.ts";
import type { AwsTarget } from "./target.ts";
import { type AwsServices, services } from "./services.ts";
import type { CallerIdentity } from "./sts/port.ts";
import { type Connected, createSession, type Session, type SessionSettings } from "./session.ts";

/** Connects to AWS for one region. Creates the session, and the client of each service, on first use. */
export function connectAws(target: AwsTarget, settings: SessionSettings): Aws {
  // A session that could not be created is tried again on next use: the profile may exist by then.
  const sessions = remembered<Session>();
  const session = (): Promise<Session> => sessions(target.name, () => createSession(target, settings));
  const tokens = remembered<ReturnType<typeof tokenSource>>();
  let known: CallerIdentity | undefined;
  const identity = async (signal: AbortSignal): Promise<CallerIdentity> =>
    (known ??= await (await import("./sts/client.ts")).readIdentity(await session(), signal));
  const connected = new Map<string, Promise<Connected<unknown>>>();
  const client = remembered(connected);
  const connect = async <S extends keyof AwsServices>(name: S): Promise<AwsServices[S]> => {
    const open: (opened: Session) => Promise<Connected<unknown>> = services[name];
    const made = client(name, async () => open(await session()));
    return (await made).port as AwsServices[S];
  };
  return {
    target,
    identity,
    verifyAccount: async (signal) => {
      const who = await identity(signal);
      if (who.accountId !== target.accountId) throw mismatch(target, who);
      return who;
    },
    eksToken: async (cluster, signal) => {
      signal.throwIfAborted();
      const make = await tokens(target.name, async () => tokenSource(await session()));
      try {
        return await make(cluster);
      } catch (error) {
        throw toAppError(error, (await session()).target);
      }
    },
    service: connect,
    close: async () => {
      for (const each of await Promise.allSettled(connected.values())) {
        if (each.status === "fulfilled") each.value.close();
      }
    },
  };
}

function mismatch(target: AwsTarget, known: CallerIdentity): AppError {
  return new AppError(
    "AWS_ACCOUNT_MISMATCH",
    `Region ${target.name} belongs to AWS account ${target.accountId}, but the credentials are for account ${known.accountId} (${known.arn}).`,
    { next: [`Set the profile or roleArn of region ${target.name} in gennet.yaml, or correct its accountId.`] },
  );
}
