import { AsyncLocalStorage } from "node:async_hooks";
import { Readable } from "node:stream";
import { silent } from "../../src/aws/credentials.ts";
import { FreshIds } from "../../src/aws/fresh-ids.ts";
import { BoundedRetries } from "../../src/aws/retry.ts";
import type { Session } from "../../src/aws/session.ts";
import type { NamedCall } from "./adapters.ts";
import type { WireAnswer } from "./aws-wire.ts";
import { type SdkCall, watchSends } from "./sdk-sends.ts";

/** A session of adapters whose calls are answered here: by bytes, which the SDK reads. */
export interface AnsweringSession {
  readonly session: Session;
  /** Runs an adapter's method, and returns its calls and what it threw. */
  run(method: (session: Session) => Promise<unknown>, answer: AnswerFor): Promise<Answered>;
  /** Gives the SDK back. */
  restore(): void;
}

export interface Answered {
  readonly calls: readonly SdkCall[];
  readonly error: unknown;
}

/** Returns the answer of a call. */
export type AnswerFor = (call: SdkCall) => WireAnswer;

interface Run {
  readonly calls: SdkCall[];
  readonly answer: AnswerFor;
}

const mostCalls = 100;

export async function answeringSession(named: readonly NamedCall[]): Promise<AnsweringSession> {
  const runs = new AsyncLocalStorage<Run>();
  const answers = new AsyncLocalStorage<WireAnswer>();
  const restore = await watchSends(named, (call, send) => {
    const run = runs.getStore();
    if (run === undefined) throw new Error("a call outside of a run");
    run.calls.push(call);
    // An adapter that polls gets the same answer every time.
    if (run.calls.length > mostCalls) throw new Error(`more than ${mostCalls} calls`);
    return answers.run(run.answer(call), send);
  });
  const requestHandler = {
    handle: async () => {
      const { status, headers, body } = answers.getStore() ?? { status: 500, headers: {}, body: Buffer.alloc(0) };
      return { response: { statusCode: status, headers: lowered(headers), body: Readable.from([body]) } };
    },
    destroy: () => undefined,
  };
  let now = 0;
  const clock = { now: () => now, sleep: async (ms: number) => void (now += ms) };
  const retries = { requestTimeoutMs: 0, emit: () => undefined, clock, random: () => 0 };
  const session: Session = {
    target: { name: "eu", awsRegion: "eu-west-1", accountId: "111122223333", holder: undefined },
    clock,
    emit: () => undefined,
    fresh: new FreshIds(clock),
    config: (replays = "all") => ({
      region: "eu-west-1",
      credentials: async () => ({ accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "x" }),
      requestHandler,
      customUserAgent: [],
      retryStrategy: new BoundedRetries({ ...retries, replays }),
      logger: silent,
    }),
  };
  return {
    session,
    run: async (method, answer) => {
      const run: Run = { calls: [], answer };
      return runs.run(run, async () => {
        try {
          // What is a part of the result is read, too.
          JSON.stringify(await method(session));
          return { calls: run.calls, error: undefined };
        } catch (error) {
          return { calls: run.calls, error };
        }
      });
    },
    restore,
  };
}

function lowered(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
