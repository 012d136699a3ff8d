import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { callsTo } from "../calls.ts";
import type { CallerIdentity } from "./port.ts";
import { nameErrors, type Session } from "../session.ts";

/** Returns the identity that the credentials belong to, according to STS. */
export async function readIdentity(session: Session, signal: AbortSignal): Promise<CallerIdentity> {
  const client = new STSClient(session.config());
  nameErrors(client.middlewareStack);
  try {
    const answer = await callsTo(session).call(signal, (options) =>
      client.send(new GetCallerIdentityCommand({}), options),
    );
    return { accountId: answer.Account ?? "", arn: answer.Arn ?? "" };
  } finally {
    client.destroy();
  }
}
