import type { Writable } from "node:stream";
import type { Clock } from "../core/clock.ts";

/** The process's edge: everything a command may touch outside itself, so that a test can hand in another. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly home: string;
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  /** Whether questions can be asked: standard input and stderr are a terminal. */
  readonly interactive: boolean;
  readonly clock: Clock;
  /** Aborts with an `Interrupted` as its reason when the process is asked to end. */
  readonly signal: AbortSignal;
  readonly prompts: () => Promise<Prompts>;
  /** What comes in on standard input, to its end. */
  readonly input: (signal: AbortSignal) => Promise<string>;
}

export interface Terminal {
  readonly stream: Writable;
  readonly isTTY: boolean;
  readonly columns: number;
  write(text: string): void;
  /** Waits until what was written has left. Throws OUTPUT_UNWRITABLE where it could not; a reader that left is no error. */
  flush(): Promise<void>;
}

export interface Prompts {
  text(question: TextQuestion, signal: AbortSignal): Promise<string>;
  /** What is typed is not shown. */
  secret(question: { readonly message: string }, signal: AbortSignal): Promise<string>;
  choice(question: ChoiceQuestion, signal: AbortSignal): Promise<string>;
  choices(question: ChoiceQuestion, signal: AbortSignal): Promise<string[]>;
  confirm(question: { readonly message: string; readonly fallback: boolean }, signal: AbortSignal): Promise<boolean>;
}

export interface TextQuestion {
  readonly message: string;
  readonly fallback?: string;
  /** Undefined where the answer is fine, else what is wrong with it. */
  readonly problem?: (answer: string) => string | undefined;
}

export interface ChoiceQuestion {
  readonly message: string;
  readonly choices: readonly { readonly value: string; readonly says?: string }[];
}
