import { EC2Client } from "@aws-sdk/client-ec2";
import { callsTo, type Calls } from "../calls.ts";
import { createOnce } from "./create-once.ts";
import { stillInUse } from "./passing.ts";
import { oncePassed, type PassingRefusal } from "../passing-refusal.ts";
import { nameErrors, type Session } from "../session.ts";

type Send<T> = (options: { readonly abortSignal: AbortSignal }) => Promise<T>;

/** Calls of EC2. */
export interface Ec2Calls {
  readonly client: EC2Client;
  /** Never retries a call that may have taken effect: for create calls without an idempotency token. */
  readonly careful: EC2Client;
  readonly call: Calls["call"];
  readonly all: Calls["all"];
  /** Makes such a create call; `find` looks for the resource if the response was lost. */
  createdOnce(
    signal: AbortSignal,
    create: Send<string | undefined>,
    find: () => Promise<string | undefined>,
  ): Promise<string>;
  /** Deletes a resource: one that does not exist is fine, and one that is still in use is retried for some minutes. */
  removed(signal: AbortSignal, remove: Send<unknown>): Promise<void>;
  /** Retries a call while EC2 rejects it for this reason. */
  passed<T>(signal: AbortSignal, refusal: PassingRefusal, call: () => Promise<T>): Promise<T>;
}

export function ec2Calls(session: Session): Ec2Calls {
  const client = new EC2Client(session.config());
  const careful = new EC2Client(session.config("throttles"));
  for (const each of [client, careful]) {
    nameErrors(each.middlewareStack);
    keepRequests(each);
  }
  const { call, find: found, all } = callsTo(session);
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
    removed: async (signal, remove) =>
      void (await oncePassed(session, signal, stillInUse, () => found(signal, remove))),
    passed: (signal, refusal, make) => oncePassed(session, signal, refusal, make),
  };
}

/**
 * Ignores the error of a retry whose first attempt took effect after all. EC2 also reports this code if something else
 * prevents the call, so `done` must find the call's own result; otherwise the error is thrown.
 */
export function unlessDone(code: string, done: () => Promise<boolean>): (error: unknown) => Promise<undefined> {
  return async (error) => {
    if (error instanceof Error && error.name === code && (await done())) return undefined;
    throw error;
  };
}

/** Adds the request to every error: it says what a "not found" is about. Requests of EC2 contain no secrets. */
function keepRequests({ middlewareStack }: EC2Client): void {
  middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (error instanceof Error) Object.defineProperty(error, "$request", { value: JSON.stringify(args.input) });
        throw error;
      }
    },
    { step: "initialize", name: "gennetKeepRequests", override: true },
  );
}
