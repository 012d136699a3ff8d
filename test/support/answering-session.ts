import { AsyncLocalStorage } from "node:async_hooks";
import { Readable } from "node:stream";
import { BoundedRetries } from "../../src/aws/retry.ts";
import { FreshIds } from "../../src/aws/fresh-ids.ts";
import { silent } from "../../src/aws/credentials.ts";
import type { Session } from "../../src/aws/session.ts";
import type { NamedCall } from "./adapters.ts";
import type { WireAnswer } from "./aws-wire.ts";
import { type FieldReads, fieldReads } from "./field-reads.ts";

/** A call that an adapter has made. */
export interface AnsweredCall {
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** What the adapter has read of the answer. */
  readonly reads: FieldReads["reads"];
}

/** A session of adapters whose calls are answered here: by bytes, which the SDK reads. */
export interface AnsweringSession {
  readonly session: Session;
  /** Runs an adapter's method, and returns its calls. */
  run(method: (session: Session) => Promise<unknown>, answer: AnswerFor): Promise<Answered>;
  /** Gives the SDK back. */
  restore(): void;
}

export interface Answered {
  readonly calls: readonly AnsweredCall[];
  readonly result: unknown;
  /** What the method threw. */
  readonly error: unknown;
}

/** Returns the answer of a call. */
export type AnswerFor = (call: Pick<AnsweredCall, "service" | "operation" | "input">) => WireAnswer;

interface Command {
  readonly input: Readonly<Record<string, unknown>>;
}

type Send = (this: object, command: Command, ...rest: readonly unknown[]) => Promise<unknown>;

interface Run {
  readonly calls: AnsweredCall[];
  readonly answer: AnswerFor;
}

/** Keeps the SDK from announcing the Node.js that it will need. */
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

export async function answeringSession(named: readonly NamedCall[]): Promise<AnsweringSession> {
  const runs = new AsyncLocalStorage<Run>();
  const answers = new AsyncLocalStorage<WireAnswer>();
  const patched: (() => void)[] = [];
  for (const [sdk, service] of new Map(named.map((call) => [call.sdk, call.service]))) {
    const client = clientClass((await import(sdk)) as Readonly<Record<string, unknown>>);
    const send = Reflect.get(client.prototype, "send") as Send;
    const answered: Send = async function answered(command, ...rest) {
      const run = runs.getStore();
      if (run === undefined) throw new Error("a call outside of a run");
      const call = { service, operation: command.constructor.name.replace(/Command$/, ""), input: command.input };
      const fields = fieldReads();
      run.calls.push({ ...call, reads: fields.reads });
      return fields.of(await answers.run(run.answer(call), () => send.call(this, command, ...rest)));
    };
    // An own property of the class hides the method that all clients share.
    Reflect.set(client.prototype, "send", answered);
    patched.push(() => void Reflect.deleteProperty(client.prototype, "send"));
  }
  const requestHandler = {
    handle: async () => {
      const { status, headers, body } = answers.getStore() ?? { status: 500, headers: {}, body: Buffer.alloc(0) };
      return { response: { statusCode: status, headers: lowered(headers), body: Readable.from([body]) } };
    },
    destroy: () => undefined,
  };
  let now = 0;
  const clock = { now: () => now, sleep: async (ms: number) => void (now += ms) };
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
      retryStrategy: new BoundedRetries({
        replays,
        requestTimeoutMs: 0,
        emit: () => undefined,
        clock,
        random: () => 0,
      }),
      logger: silent,
    }),
  };
  return {
    session,
    run: async (method, answer) => {
      const run: Run = { calls: [], answer };
      return runs.run(run, async () => {
        try {
          const result = await method(session);
          // What is a part of the result is read, too.
          JSON.stringify(result);
          return { calls: run.calls, result, error: undefined };
        } catch (error) {
          return { calls: run.calls, result: undefined, error };
        }
      });
    },
    restore: () => {
      for (const each of patched) each();
    },
  };
}

/** Returns the class that all commands of a package are sent with: `EKSClient`. */
function clientClass(sdk: Readonly<Record<string, unknown>>): { readonly prototype: object } {
  const found = Object.entries(sdk).find(
    ([name, each]) => /^\w+Client$/.test(name) && !name.startsWith("__") && typeof each === "function",
  );
  if (found === undefined) throw new Error(`no client in ${Object.keys(sdk).slice(0, 3).join(", ")}, …`);
  return found[1] as { readonly prototype: object };
}

function lowered(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
