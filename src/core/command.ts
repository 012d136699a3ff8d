import { parseDuration } from "./duration.ts";
import type { Document, Outcome } from "./outcome.ts";

interface Parameter<T> {
  readonly summary: string;
  /** The name a value has in usage lines: `--region NAME`. */
  readonly placeholder?: string;
  /** Reads the text of the command line; throws an Error whose message completes "--flag: …". */
  readonly parse?: (text: string) => T;
  readonly choices?: readonly string[];
}

export interface Argument<T = unknown> extends Parameter<T> {
  readonly arity: "one" | "optional" | "many";
}

export interface Flag<T = unknown> extends Parameter<T> {
  readonly shape: "switch" | "value" | "list";
  readonly short?: string;
  /** A list whose values may contain commas: the flag is repeated instead. */
  readonly repeated?: true;
  readonly fallback?: T;
  /** Flags that confirm a change have no variable: an exported one would confirm every command. */
  readonly variable?: false;
}

type Declared<P> = P extends Argument<infer T> | Flag<infer T> ? T : never;

export type Arguments = Readonly<Record<string, Argument>>;
export type Flags = Readonly<Record<string, Flag>>;

export type Input<A extends Arguments, F extends Flags> = {
  readonly [K in keyof A | keyof F]: Declared<(A & F)[K]>;
};

/** How answers become text for people. Pure, so that a stored document can be shown again. */
export interface TextView {
  readonly wide: boolean;
  /** The width to fit; Infinity if the output is a file or another program, or `-o wide` shows everything. */
  readonly columns: number;
  readonly paint: Paint;
}

export type Tone = "good" | "bad" | "warn" | "unknown" | "dim" | "strong" | "emphasis" | "code";
export type Paint = (tone: Tone, text: string) => string;

/** Shows what is about to be done, before asking for confirmation. */
export type Preview = <D extends Document>(document: D, present: (document: D, view: TextView) => string) => void;

export interface CommandModule<I, C, D extends Document> {
  run(input: I, context: C): Promise<Outcome<D>>;
  present(document: D, view: TextView): string;
}

export interface Example {
  readonly run: string;
  readonly says: string;
}

/** A command as data: everything that help, completion and parsing need. */
export interface Declaration<A extends Arguments = Arguments, F extends Flags = Flags> {
  /** The words that a user types: `["region", "plan"]`. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly examples: readonly Example[];
  readonly args: A;
  readonly flags: F;
  /** Hidden from help: only other programs call it. */
  readonly hidden?: true;
  /** The kind of document that the command returns. */
  readonly answers: string;
}

/** A command with its implementation, which is imported only when the command runs, so that start-up stays fast. */
export interface Command<
  C,
  A extends Arguments = Arguments,
  F extends Flags = Flags,
  D extends Document = Document,
> extends Declaration<A, F> {
  load(): Promise<CommandModule<Input<A, F>, C, D>>;
}

export const argument = {
  one: (placeholder: string, summary: string): Argument<string> => ({ arity: "one", placeholder, summary }),
  optional: (placeholder: string, summary: string): Argument<string | undefined> => ({
    arity: "optional",
    placeholder,
    summary,
  }),
  many: (placeholder: string, summary: string): Argument<readonly string[]> => ({
    arity: "many",
    placeholder,
    summary,
  }),
  choice: <T extends string>(placeholder: string, choices: readonly T[], summary: string): Argument<T> => ({
    arity: "one",
    placeholder,
    summary,
    choices,
  }),
};

export const flag = {
  switch: (summary: string): Flag<boolean> => ({ shape: "switch", summary, fallback: false }),
  text: (placeholder: string, summary: string): Flag<string | undefined> => ({ shape: "value", placeholder, summary }),
  textOr: (placeholder: string, fallback: string, summary: string): Flag<string> => ({
    shape: "value",
    placeholder,
    summary,
    fallback,
  }),
  /** Repeatable, and comma-separated. */
  list: (placeholder: string, summary: string): Flag<readonly string[]> => ({
    shape: "list",
    placeholder,
    summary,
    fallback: [],
  }),
  /** Repeatable; a comma is a part of the value. */
  repeated: (placeholder: string, summary: string): Flag<readonly string[]> => ({
    shape: "list",
    placeholder,
    summary,
    repeated: true,
    fallback: [],
  }),
  choice: <T extends string>(placeholder: string, choices: readonly T[], fallback: T, summary: string): Flag<T> => ({
    shape: "value",
    placeholder,
    summary,
    choices,
    fallback,
  }),
  /** A duration in milliseconds, written as `30s` or `5m`. */
  duration: (summary: string): Flag<number | undefined> => ({
    shape: "value",
    placeholder: "DURATION",
    summary,
    parse: durationOrThrow,
  }),
  durationOr: (fallback: number, summary: string): Flag<number> => ({
    shape: "value",
    placeholder: "DURATION",
    summary,
    parse: durationOrThrow,
    fallback,
  }),
  integer: (placeholder: string, least: number, summary: string): Flag<number | undefined> => ({
    shape: "value",
    placeholder,
    summary,
    parse: (text) => integerOrThrow(text, least),
  }),
  /** A whole number, at least `least`. */
  integerOr: (placeholder: string, fallback: number, least: number, summary: string): Flag<number> => ({
    shape: "value",
    placeholder,
    summary,
    parse: (text) => integerOrThrow(text, least),
    fallback,
  }),
  /** Confirms a change. Never read from a variable: an exported one would confirm every command. */
  consent: (summary: string): Flag<boolean> => ({ shape: "switch", summary, fallback: false, variable: false }),
  /** Confirms a change by a name that has to be given each time. Never read from a variable, either. */
  confirmation: (placeholder: string, summary: string): Flag<string | undefined> => ({
    shape: "value",
    placeholder,
    summary,
    variable: false,
  }),
};

function integerOrThrow(text: string, least: number): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) < least)
    throw new Error(`"${text}" is not a whole number of at least ${least}`);
  return Number(text);
}

function durationOrThrow(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new Error(`"${text}" is not a duration such as 30s or 5m`);
  return ms;
}
