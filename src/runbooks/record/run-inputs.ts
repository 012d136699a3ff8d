import type { Facts } from "../../core/journal.ts";

const prefix = "input:";

/** Returns the facts that keep the inputs of a run. */
export function inputFacts(inputs: Iterable<readonly [name: string, value: string]>): Facts {
  return Object.fromEntries([...inputs].map(([name, value]) => [prefix + name, value]));
}

/** Returns the inputs that the facts of a run keep, by name. */
export function inputsIn(facts: Facts): readonly (readonly [name: string, value: string])[] {
  return Object.entries(facts).flatMap(([name, value]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), String(value)] as const] : [],
  );
}
