import { AppError } from "../core/error.ts";
import { tokenSource } from "./eks-token.ts";
import { toAppError } from "./errors.ts";
import type { Aws, AwsTarget, Ec2, Eks, Iam, Identity } from "./port.ts";
import type { SecretsManager } from "./secrets-port.ts";
import { createSession, type SessionSettings } from "./session.ts";

/** AWS for one region. Its session, and each service's client, is made when it is first asked for. */
export function connectAws(target: AwsTarget, settings: SessionSettings): Aws {
  const session = once(() => createSession(target, settings));
  const token = once(async () => tokenSource(await session()));
  let known: Identity | undefined;
  const identity = async (signal: AbortSignal): Promise<Identity> =>
    (known ??= await (await import("./identity.ts")).readIdentity(await session(), signal));
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
      const make = await token();
      try {
        return await make(cluster);
      } catch (error) {
        throw toAppError(error, (await session()).target);
      }
    },
    eks: once(async (): Promise<Eks> => opened((await import("./eks.ts")).createEks(await session()))),
    ec2: once(async (): Promise<Ec2> => opened((await import("./ec2.ts")).createEc2(await session()))),
    iam: once(async (): Promise<Iam> => opened((await import("./iam.ts")).createIam(await session()))),
    secrets: once(async (): Promise<SecretsManager> =>
      opened((await import("./secrets.ts")).createSecretsManager(await session())),
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

/** What failed is made again when it is next asked for: a profile may have been written meanwhile. */
function once<T>(build: () => Promise<T>): () => Promise<T> {
  let built: Promise<T> | undefined;
  return () => {
    if (built === undefined) {
      built = build();
      built.catch(() => (built = undefined));
    }
    return built;
  };
}
