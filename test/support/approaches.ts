import type { Session } from "../../src/aws/session.ts";
import { type AdapterMethod, keyOf } from "./adapters.ts";
import type { AnswerFor } from "./answering-session.ts";
import type { WireAnswer } from "./aws-wire.ts";
import type { CallWires } from "./call-wires.ts";
import { type Choices, fullChoices, sparseChoices } from "./type-values.ts";

/** A way to make an adapter call AWS: a method, with arguments for it. */
export interface Approach {
  readonly method: string;
  run(session: Session): Promise<unknown>;
}

/** Returns the approaches of a method: one with everything that its arguments can have, and one with the least. */
export function approachesOf(method: AdapterMethod): readonly Approach[] {
  const by = (choices: Choices): Approach => ({
    method: method.name,
    run: (session) => method.call(session, choices),
  });
  return [by(fullChoices), by(sparseChoices)];
}

/** What calls are answered from. */
export interface Answers {
  readonly wires: ReadonlyMap<string, CallWires>;
  /** The members that ask for another page. */
  readonly pages: ReadonlyMap<string, readonly string[]>;
}

/** Answers each call with its first example; a chosen call with a chosen one. */
export function answersFrom(
  { wires, pages }: Answers,
  chosen?: { readonly key: string; readonly wire: WireAnswer },
): AnswerFor {
  return (call) => {
    const key = keyOf(call);
    const { empty, usable } = wires.get(key) ?? {};
    if (empty === undefined) throw new Error(`${key} is not imported by an adapter`);
    // The second page is empty.
    if (pages.get(key)?.some((token) => call.input[token] !== undefined) === true) return empty;
    if (chosen?.key === key) return chosen.wire;
    const [first] = usable?.values() ?? [];
    return first ?? empty;
  };
}
