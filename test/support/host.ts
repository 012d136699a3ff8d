import { Writable } from "node:stream";
import type { Host, Prompts, Terminal } from "../../src/host/host.ts";
import { mustBeUsed } from "./must-be-used.ts";

export interface HostOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly home?: string;
  /** Whether stdout and stderr are terminals. */
  readonly tty?: boolean;
  readonly columns?: number;
  /** Answers in the order of the questions; an unused answer fails the test. Makes the host interactive. */
  readonly answers?: readonly ScriptedAnswer[];
  readonly signal?: AbortSignal;
  /** The content of standard input. */
  readonly stdin?: string;
  /** The initial time, in milliseconds since the epoch; it only advances when code sleeps. */
  readonly now?: number;
  /** Runs programs; without it, none may run. */
  readonly run?: Host["run"];
}

/** The answer to the question whose message contains `at`. */
export interface ScriptedAnswer {
  readonly at: string;
  readonly answer: string | readonly string[] | boolean;
}

export interface MemoryTerminal extends Terminal {
  written(): string;
}

export interface MemoryHost extends Host {
  readonly stdout: MemoryTerminal;
  readonly stderr: MemoryTerminal;
}

/** A host without a process: streams that keep their output, a controllable clock, and scripted prompts. */
export function memoryHost(options: HostOptions = {}): MemoryHost {
  const left = [...(options.answers ?? [])];
  if (left.length > 0) mustBeUsed("answers to questions", () => left.map((each) => `"${each.at}"`));
  let read = options.stdin === undefined;
  if (!read) mustBeUsed("standard input", () => (read ? [] : ["what comes in"]));
  let now = options.now ?? Date.parse("2026-01-02T03:04:05Z");
  return {
    env: options.env ?? {},
    cwd: options.cwd ?? "/nowhere",
    home: options.home ?? "/nowhere/home",
    stdout: memoryTerminal(options),
    stderr: memoryTerminal(options),
    interactive: options.answers !== undefined,
    clock: {
      now: () => now,
      sleep: async (ms, signal) => {
        signal?.throwIfAborted();
        now += ms;
      },
    },
    signal: options.signal ?? new AbortController().signal,
    input: async () => {
      read = true;
      return options.stdin ?? "";
    },
    prompts: async () => scriptedPrompts(left),
    run:
      options.run ??
      (async ({ file }) => {
        throw new Error(`No program may run in this test, but ${file} was started`);
      }),
    self: ["gennet"],
    user: () => "ana@laptop",
  };
}

function memoryTerminal(options: HostOptions): MemoryTerminal {
  let text = "";
  const write = (chunk: string): void => {
    text += chunk;
  };
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      write(String(chunk));
      done();
    },
  });
  return {
    stream,
    isTTY: options.tty ?? false,
    columns: options.columns ?? 80,
    write,
    flush: async () => undefined,
    written: () => text,
  };
}

function scriptedPrompts(left: ScriptedAnswer[]): Prompts {
  const next = (message: string): ScriptedAnswer["answer"] => {
    const scripted = left.shift();
    if (scripted === undefined) throw new Error(`No answer is scripted for the question "${message}"`);
    if (!message.includes(scripted.at)) throw new Error(`Expected a question about "${scripted.at}", got "${message}"`);
    return scripted.answer;
  };
  const text = (message: string): string => {
    const answer = next(message);
    if (typeof answer !== "string") throw new Error(`The answer scripted for "${message}" must be a text`);
    return answer;
  };
  return {
    text: async (question) => {
      const answer = text(question.message);
      const problem = question.problem?.(answer);
      if (problem !== undefined) throw new Error(`"${answer}" is no answer to "${question.message}": ${problem}`);
      return answer;
    },
    secret: async (question) => text(question.message),
    choice: async (question) => {
      const answer = text(question.message);
      offered(question.choices, [answer]);
      return answer;
    },
    choices: async (question) => {
      const answer = next(question.message);
      if (!Array.isArray(answer)) throw new Error(`The answer scripted for "${question.message}" must be a list`);
      offered(question.choices, answer);
      return [...answer];
    },
    confirm: async (question) => {
      const answer = next(question.message);
      if (typeof answer !== "boolean")
        throw new Error(`The answer scripted for "${question.message}" must be a yes or no`);
      return answer;
    },
  };
}

function offered(choices: readonly { readonly value: string }[], answers: readonly string[]): void {
  for (const answer of answers) {
    if (choices.some((choice) => choice.value === answer)) continue;
    throw new Error(`"${answer}" is not among ${choices.map((choice) => choice.value).join(", ")}`);
  }
}
