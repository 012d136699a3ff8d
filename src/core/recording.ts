import { AppError } from "./error.ts";
import type { ErrorCode } from "./error-codes.ts";
import { toJson } from "./tagged-json.ts";

/** A call of a port, with its answer. */
export interface RecordedCall {
  /** The port: `eu/cluster`, `eu/eks`. */
  readonly port: string;
  readonly method: string;
  readonly args: readonly unknown[];
  readonly answer?: unknown;
  /** The pages of a list, in order. */
  readonly pages?: readonly unknown[];
  readonly error?: { readonly code: ErrorCode; readonly message: string; readonly next: readonly string[] };
}

type Method = (...args: unknown[]) => unknown;

/** Returns a port that records every call and its answer. Signals are not recorded. */
export function recorded<T extends object>(port: T, name: string, keep: (call: RecordedCall) => void): T {
  return wrapped(port, (method, call) => (...args) => {
    const about = { port: name, method, args: args.filter(isData) };
    const failed = (error: unknown): never => {
      if (error instanceof AppError) keep({ ...about, error: factsOf(error) });
      throw error;
    };
    const result = call(...args);
    if (isPages(result)) return keptPages(result, (pages) => keep({ ...about, pages }), failed);
    if (!(result instanceof Promise)) return result;
    return result.then((answer: unknown) => {
      keep({ ...about, answer });
      return answer;
    }, failed);
  });
}

/**
 * Returns a port that replays a recording; `paged` names the methods that return pages. A call that was made several
 * times gets its answers in order, and then repeats the last one. Throws RECORDING_INCOMPLETE for a call that was not
 * recorded.
 */
export function replayed<T extends object>(
  calls: readonly RecordedCall[],
  name: string,
  paged: readonly string[],
  facts: Partial<T>,
): T {
  const waiting = new Map<string, RecordedCall[]>();
  for (const call of calls.filter(({ port }) => port === name)) {
    const key = keyOf(call.method, call.args);
    waiting.set(key, [...(waiting.get(key) ?? []), call]);
  }
  const take = (method: string, args: readonly unknown[]): RecordedCall => {
    const left = waiting.get(keyOf(method, args)) ?? [];
    const [call] = left.length > 1 ? left.splice(0, 1) : left;
    if (call === undefined) throw missing(name, method);
    if (call.error !== undefined) throw new AppError(call.error.code, call.error.message, { next: call.error.next });
    return call;
  };
  return new Proxy(facts as T, {
    get(own, key) {
      // An async function may return the port, and then `await` reads its `then`.
      if (typeof key !== "string" || key === "then") return undefined;
      if (key in own) return Reflect.get(own, key);
      return (...args: unknown[]): unknown => {
        const given = args.filter(isData);
        if (!paged.includes(key)) return (async () => take(key, given).answer)();
        return (async function* () {
          yield* take(key, given).pages ?? [];
        })();
      };
    },
  });
}

function wrapped<T extends object>(port: T, wrap: (method: string, call: Method) => Method): T {
  return new Proxy(port, {
    get(own, key) {
      const member: unknown = Reflect.get(own, key);
      if (typeof key !== "string" || typeof member !== "function") return member;
      return wrap(key, (...args) => (member as Method).apply(own, args));
    },
  });
}

async function* keptPages(
  pages: AsyncIterable<unknown>,
  keep: (pages: readonly unknown[]) => void,
  failed: (error: unknown) => never,
): AsyncIterable<unknown> {
  const read: unknown[] = [];
  try {
    for await (const page of pages) {
      read.push(page);
      yield page;
    }
  } catch (error) {
    failed(error);
  }
  keep(read);
}

function isPages(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

function isData(value: unknown): boolean {
  return !(value instanceof AbortSignal);
}

function keyOf(method: string, args: readonly unknown[]): string {
  return `${method} ${toJson(args)}`;
}

function factsOf({ code, message, next }: AppError): NonNullable<RecordedCall["error"]> {
  return { code, message, next };
}

function missing(port: string, method: string): AppError {
  return new AppError("RECORDING_INCOMPLETE", `The recording has no answer to ${method} of ${port}.`, {
    next: ["Record again with the same checks: gennet status --bundle FILE"],
  });
}
