import { keyOf, type NamedCall } from "./adapters.ts";
import { pageTokens } from "./aws-models.ts";
import { onTheWire, type WireAnswer } from "./aws-wire.ts";
import type { PrintedExample } from "./cli-examples.ts";

/** The answers of a call, as bytes. */
export interface CallWires {
  readonly empty: WireAnswer;
  readonly usable: ReadonlyMap<PrintedExample, WireAnswer>;
  /** The examples that cannot be used, and why. */
  readonly skipped: readonly string[];
}

/** Serialises the examples of calls. */
export async function wiresOf(
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

/** Returns the members that ask for another page, by call. */
export async function pagesOf(calls: readonly NamedCall[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const services = [...new Set(calls.map(({ service }) => service))];
  const tokens = await Promise.all(services.map(async (service) => [service, await pageTokens(service)] as const));
  return new Map(
    tokens.flatMap(([service, own]) =>
      Object.entries(own).map(([operation, names]) => [keyOf({ service, operation }), names] as const),
    ),
  );
}
