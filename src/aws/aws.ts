import { AppError } from "../core/error.ts";
import { tokenSource } from "./eks-token.ts";
import { toAppError } from "./errors.ts";
import type { Aws, AwsTarget, Ec2, Eks, Iam, Identity } from "./port.ts";
import type { SecretsManager } from "./secrets-port.ts";
import { createSession, type SessionSettings } from "./session.ts";

/** AWS for one region. A service's client is loaded when it is first asked for. Throws what `createSession` throws. */
export async function connectAws(target: AwsTarget, settings: SessionSettings): Promise<Aws> {
  const session = await createSession(target, settings);
  const token = tokenSource(session);
  let known: Identity | undefined;
  const identity = async (signal: AbortSignal): Promise<Identity> =>
    (known ??= await (await import("./identity.ts")).readIdentity(session, signal));
  const closing: (() => void)[] = [];
  const opened = <P>(port: { readonly port: P; readonly close: () => void }): P => {
    closing.push(port.close);
    return port.port;
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
      try {
        return await token(cluster);
      } catch (error) {
        throw toAppError(error, session.target);
      }
    },
    eks: once(async (): Promise<Eks> => opened((await import("./eks.ts")).createEks(session))),
    ec2: once(async (): Promise<Ec2> => opened((await import("./ec2.ts")).createEc2(session))),
    iam: once(async (): Promise<Iam> => opened((await import("./iam.ts")).createIam(session))),
    secrets: once(async (): Promise<SecretsManager> =>
      opened((await import("./secrets.ts")).createSecretsManager(session)),
    ),
    close: async () => {
      for (const close of closing) close();
    },
  };
}

function mismatch(target: AwsTarget, known: Identity): AppError {
  return new AppError(
    "AWS_ACCOUNT_MISMATCH",
    `Region ${target.name} belongs to AWS account ${target.accountId}, but the credentials are of account ${known.accountId} (${known.arn}).`,
    { next: [`Set the profile or roleArn of region ${target.name} in gennet.yaml, or correct its accountId.`] },
  );
}

function once<T>(build: () => Promise<T>): () => Promise<T> {
  let built: Promise<T> | undefined;
  return () => (built ??= build());
}
