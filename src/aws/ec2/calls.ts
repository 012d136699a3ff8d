import { EC2Client } from "@aws-sdk/client-ec2";
import { callsTo, type Calls } from "../calls.ts";
import { createOnce } from "./create-once.ts";
import { nameErrors, type Session } from "../session.ts";

type Create = (options: { readonly abortSignal: AbortSignal }) => Promise<string | undefined>;

/** How EC2 is called. */
export interface Ec2Calls {
  readonly client: EC2Client;
  /** Repeats nothing that may have been done: for the creates that take no idempotency token. */
  readonly careful: EC2Client;
  readonly call: Calls["call"];
  readonly all: Calls["all"];
  /** Such a create; `find` looks for what a lost answer may have been about. */
  createdOnce(signal: AbortSignal, create: Create, find: () => Promise<string | undefined>): Promise<string>;
}

export function ec2Calls(session: Session): Ec2Calls {
  const client = new EC2Client(session.config());
  const careful = new EC2Client(session.config("throttles"));
  for (const each of [client, careful]) nameErrors(each.middlewareStack);
  const { call, all } = callsTo(session);
  return {
    client,
    careful,
    call,
    all,
    async createdOnce(signal, create, find) {
      const made = await call(signal, (options) =>
        createOnce(async () => (await create(options)) ?? "", find, session, signal),
      );
      session.fresh.add(made);
      return made;
    },
  };
}

/**
 * EC2 refuses the repeat of a call that was done although its answer was lost; it refuses a call with the same code where
 * something else is in the way. Fine where `done` finds the call's own result, an error otherwise.
 */
export function unlessDone(code: string, done: () => Promise<boolean>): (error: unknown) => Promise<undefined> {
  return async (error) => {
    if (error instanceof Error && error.name === code && (await done())) return undefined;
    throw error;
  };
}
