import type { NamedCall } from "./adapters.ts";
import { type FieldRead, fieldReads } from "./field-reads.ts";

/** A call that an adapter has made through the SDK. */
export interface SdkCall {
  readonly service: string;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** What the adapter has read of the answer. */
  readonly reads: readonly FieldRead[];
}

interface Command {
  readonly input: Readonly<Record<string, unknown>>;
}

type Send = (this: object, command: Command, ...rest: readonly unknown[]) => Promise<unknown>;

/** Keeps the SDK from announcing the Node.js that it will need. */
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

/**
 * Sends every call of these services through `around`, and records what is read of its answer. Returns the function that
 * gives the SDK back.
 */
export async function watchSends(
  named: readonly NamedCall[],
  around: <T>(call: SdkCall, send: () => Promise<T>) => Promise<T>,
): Promise<() => void> {
  const patched: (() => void)[] = [];
  for (const [sdk, service] of new Map(named.map((call) => [call.sdk, call.service]))) {
    const client = clientClass((await import(sdk)) as Readonly<Record<string, unknown>>);
    const send = Reflect.get(client.prototype, "send") as Send;
    const watched: Send = async function watched(command, ...rest) {
      const fields = fieldReads();
      const operation = command.constructor.name.replace(/Command$/, "");
      const call = { service, operation, input: command.input, reads: fields.reads };
      return fields.of(await around(call, () => send.call(this, command, ...rest)));
    };
    // An own property of the class hides the method that all clients share.
    Reflect.set(client.prototype, "send", watched);
    patched.push(() => void Reflect.deleteProperty(client.prototype, "send"));
  }
  return () => {
    for (const each of patched) each();
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
