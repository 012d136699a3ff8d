import { adapterMethods, keyOf, type NamedCall, namedCalls } from "./adapters.ts";
import { answeringSession } from "./answering-session.ts";
import { type Answers, answersFrom, type Approach, approachesOf } from "./approaches.ts";
import { type AwsModel, modelExamples } from "./aws-models.ts";
import { pagesOf, wiresOf } from "./call-wires.ts";
import { type FieldType, hasField } from "./field-reads.ts";
import { keepFields, type ReadFields } from "./read-fields.ts";
import type { SdkCall } from "./sdk-sends.ts";
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
  /** What the adapters sent, other than to have it checked. */
  readonly inputs: readonly SdkCall["input"][];
  readonly examples: readonly PrintedExample[];
  readonly read: readonly ReadExample[];
  /** The examples that cannot be used, and why. */
  readonly skipped: readonly string[];
  /** The fields that the adapters read. */
  readonly fields: ReadFields;
}

/** Returns whether no method makes a call, with the arguments that were tried, although it has examples to read. */
export function isUnread({ examples, skipped, read }: CallContract): boolean {
  return examples.length > skipped.length && read.length === 0;
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
    const from: Answers = { wires: await wiresOf(calls, examples), pages: await pagesOf(calls) };
    const made = new Map<string, Approach[]>();
    const inputs = new Map<string, SdkCall["input"][]>();
    for (const method of await adapterMethods(answering.session)) {
      const reached = new Set<string>();
      for (const approach of approachesOf(method)) {
        const ran = await answering.run(approach.run, answersFrom(from));
        const own = new Map(ran.calls.map((call) => [keyOf(call), call]));
        for (const [key, { input }] of own) {
          if (input["DryRun"] !== true) inputs.set(key, [...(inputs.get(key) ?? []), input]);
          // The second approach is for what the first one does not reach.
          if (!reached.has(key)) made.set(key, [...(made.get(key) ?? []), approach]);
          reached.add(key);
        }
      }
    }
    const contracts: CallContract[] = [];
    for (const [at, call] of calls.entries()) {
      const key = keyOf(call);
      const fields = new Map<string, FieldType | undefined>();
      const read: ReadExample[] = [];
      for (const [example, wire] of from.wires.get(key)?.usable ?? []) {
        for (const approach of made.get(key) ?? []) {
          const { calls: own, error } = await answering.run(approach.run, answersFrom(from, { key, wire }));
          // Another call of the same kind in the same run reads another page, or the same example.
          const reads = own.find((each) => keyOf(each) === key)?.reads ?? [];
          const missed = reads.filter(({ path, type }) => type === undefined && hasField(example.answer, path));
          const { method } = approach;
          read.push({ name: example.name, method, error, missed: missed.map(({ path }) => path.join(".")) });
          const model = models.get(call.service);
          if (model !== undefined) keepFields(fields, reads, model, call.operation);
        }
      }
      contracts.push({
        call,
        methods: (made.get(key) ?? []).map(({ method }) => method),
        inputs: inputs.get(key) ?? [],
        examples: examples[at] ?? [],
        read,
        skipped: from.wires.get(key)?.skipped ?? [],
        fields,
      });
    }
    return contracts;
  } finally {
    answering.restore();
  }
}
