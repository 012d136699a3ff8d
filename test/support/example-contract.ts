import { type AdapterMethod, adapterMethods, keyOf, type NamedCall, namedCalls } from "./adapters.ts";
import { type AnswerFor, answeringSession } from "./answering-session.ts";
import { type AwsModel, modelExamples, pageTokens } from "./aws-models.ts";
import { type FieldType, hasField } from "./field-reads.ts";
import { keepFields, type ReadFields } from "./read-fields.ts";
import type { SdkCall } from "./sdk-sends.ts";
import { onTheWire, type WireAnswer } from "./aws-wire.ts";
import { type PrintedExample, cliExamples } from "./cli-examples.ts";

/** An example answer that an adapter was given. */
export interface ReadExample {
  readonly name: string;
  readonly method: string;
  /** What the adapter threw. */
  readonly error: unknown;
  /** The fields that the example has and the adapter looked for, but did not find. */
  readonly missed: readonly string[];
}

/** A call that adapters make, and what its examples prove. */
export interface CallContract {
  readonly call: NamedCall;
  /** The methods that make it. */
  readonly methods: readonly string[];
  /** What the adapters sent. */
  readonly inputs: readonly SdkCall["input"][];
  readonly examples: readonly PrintedExample[];
  readonly read: readonly ReadExample[];
  /** The examples that cannot be used, and why. */
  readonly skipped: readonly string[];
  /** The fields that the adapters read. */
  readonly fields: ReadFields;
}

/** Gives every example answer of every call to the adapters that make the call. `models` are those of the services. */
export async function exampleContract(models: ReadonlyMap<string, AwsModel>): Promise<readonly CallContract[]> {
  const calls = namedCalls();
  const examples = await Promise.all(
    calls.map(async ({ service, operation }) => [
      ...(await cliExamples(service, operation)),
      ...(await modelExamples(service, operation)),
    ]),
  );
  const answering = await answeringSession(calls);
  try {
    const wires = await wiresOf(calls, examples);
    const turns = await pagesOf(calls);
    const firsts = (chosen?: { readonly key: string; readonly wire: WireAnswer }): AnswerFor => {
      return (call) => {
        const key = keyOf(call);
        const { empty, usable } = wires.get(key) ?? {};
        if (empty === undefined) throw new Error(`${key} is not imported by an adapter`);
        if (turns.get(key)?.some((token) => call.input[token] !== undefined) === true) return empty;
        return chosen?.key === key ? chosen.wire : ([...(usable?.values() ?? [])][0] ?? empty);
      };
    };
    const methods = await adapterMethods(answering.session);
    const made = new Map<string, Set<AdapterMethod>>();
    const inputs = new Map<string, SdkCall["input"][]>();
    for (const method of methods) {
      for (const call of (await answering.run(method.call, firsts())).calls) {
        made.set(keyOf(call), (made.get(keyOf(call)) ?? new Set()).add(method));
        inputs.set(keyOf(call), [...(inputs.get(keyOf(call)) ?? []), call.input]);
      }
    }
    return await Promise.all(
      calls.map(async (call, at): Promise<CallContract> => {
        const key = keyOf(call);
        const fields = new Map<string, FieldType | undefined>();
        const read: ReadExample[] = [];
        for (const [example, wire] of wires.get(key)?.usable ?? []) {
          for (const method of made.get(key) ?? []) {
            const answer = firsts({ key, wire });
            const { calls: made, error } = await answering.run(method.call, answer);
            // Another call of the same kind in the same run reads another page, or the same example.
            const reads = made.find((each) => keyOf(each) === key)?.reads ?? [];
            const model = models.get(call.service);
            const missed = reads.filter(({ path, type }) => type === undefined && hasField(example.answer, path));
            read.push({
              name: example.name,
              method: method.name,
              error,
              missed: missed.map(({ path }) => path.join(".")),
            });
            if (model !== undefined) keepFields(fields, reads, model, call.operation);
          }
        }
        return {
          call,
          methods: [...(made.get(key) ?? [])].map(({ name }) => name),
          inputs: inputs.get(key) ?? [],
          examples: examples[at] ?? [],
          read,
          skipped: wires.get(key)?.skipped ?? [],
          fields,
        };
      }),
    );
  } finally {
    answering.restore();
  }
}

interface CallWires {
  readonly empty: WireAnswer;
  readonly usable: ReadonlyMap<PrintedExample, WireAnswer>;
  readonly skipped: readonly string[];
}

async function wiresOf(
  calls: readonly NamedCall[],
  examples: readonly (readonly PrintedExample[])[],
): Promise<ReadonlyMap<string, CallWires>> {
  const empties = await onTheWire(calls.map(({ service, operation }) => ({ service, operation, answer: {} })));
  const printed = calls.flatMap((call, at) => (examples[at] ?? []).map((example) => ({ call, example })));
  const wires = await onTheWire(
    printed.map(({ call: { service, operation }, example }) => ({ service, operation, answer: example.answer ?? {} })),
  );
  return new Map(
    calls.map((call, at) => {
      const empty = empties[at];
      if (empty === undefined || typeof empty === "string") throw new Error(`${keyOf(call)}: ${empty}`);
      const usable = new Map<PrintedExample, WireAnswer>();
      const skipped: string[] = [];
      for (const [index, { call: own, example }] of printed.entries()) {
        const wire = wires[index];
        if (own !== call || wire === undefined) continue;
        const problem = example.unusable ?? (typeof wire === "string" ? wire : undefined);
        if (problem !== undefined) skipped.push(`${example.name}: ${problem}`);
        else if (typeof wire !== "string") usable.set(example, wire);
      }
      return [keyOf(call), { empty, usable, skipped }];
    }),
  );
}

async function pagesOf(calls: readonly NamedCall[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const services = [...new Set(calls.map(({ service }) => service))];
  const tokens = await Promise.all(services.map(async (service) => [service, await pageTokens(service)] as const));
  return new Map(
    tokens.flatMap(([service, own]) =>
      Object.entries(own).map(([operation, names]) => [keyOf({ service, operation }), names] as const),
    ),
  );
}
