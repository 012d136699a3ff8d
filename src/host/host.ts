import type { Writable } from "node:stream";
import type { Clock } from "../core/clock.ts";
import type { EndedProgram, RunningProgram } from "./run-program.ts";

/** The boundary of the process: everything that a command may access outside it, so that tests can replace it. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  /** Whether gennet can prompt: standard input and stderr are a terminal. */
  readonly interactive: boolean;
  readonly clock: Clock;
  /** Aborts with an `Interrupted` as its reason when the process is asked to end. */
  readonly signal: AbortSignal;
  readonly prompts: () => Promise<Prompts>;
  /** Returns everything from standard input. */
  readonly input: (signal: AbortSignal) => Promise<string>;
  /** Runs a program without a shell. */
  readonly run: (program: RunningProgram) => Promise<EndedProgram>;
  /** The program and the arguments that start gennet again. */
  readonly self: readonly [string, ...string[]];
  /** Who runs gennet: `ana@laptop`. */
  readonly user: () => string;
}

export interface Terminal {
  readonly stream: Writable;
  readonly isTTY: boolean;
  readonly columns: number;
  write(text: string): void;
  /** Waits until all output is written. Throws OUTPUT_UNWRITABLE if that fails; a closed pipe is not an error. */
  flush(): Promise<void>;
}

export interface Prompts {
  text(question: TextQuestion, signal: AbortSignal): Promise<string>;
  /** Does not echo the input. */
  secret(question: { readonly message: string }, signal: AbortSignal): Promise<string>;
  choice(question: ChoiceQuestion, signal: AbortSignal): Promise<string>;
  choices(question: ChoiceQuestion, signal: AbortSignal): Promise<string[]>;
  confirm(question: { readonly message: string; readonly fallback: boolean }, signal: AbortSignal): Promise<boolean>;
}

export interface TextQuestion {
  readonly message: string;
  readonly fallback?: string;
  /** Returns what is wrong with an answer, or undefined if it is valid. */
  readonly problem?: (answer: string) => string | undefined;
}

export interface ChoiceQuestion {
  readonly message: string;
  readonly choices: readonly { readonly value: string; readonly says?: string }[];
}
