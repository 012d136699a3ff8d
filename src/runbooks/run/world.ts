import type { Clock } from "../../core/clock.ts";
import type { Gate } from "../../core/gate.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import type { EndedProgram, OutputStream } from "../../host/run-program.ts";

export interface ProgramCall {
  readonly program: "gennet" | "kubectl" | "aws" | "sh";
  readonly args: readonly string[];
  /** Variables in addition to those of this process. */
  readonly env: Readonly<Record<string, string>>;
}

/** A person at the terminal. */
export interface Person {
  confirm(question: string, signal: AbortSignal): Promise<boolean>;
  text(question: string, signal: AbortSignal): Promise<string>;
  choice(
    question: string,
    choices: readonly { readonly value: string; readonly says?: string }[],
    signal: AbortSignal,
  ): Promise<string>;
}

/** How programs select a region. */
export interface RunbookPlace {
  /** Of the kubeconfig. */
  readonly context: string;
  readonly gennet: readonly string[];
}

/** What a run of a runbook works with. */
export interface RunbookWorld {
  readonly clock: Clock;
  /** Runs a program without a shell, with its whole process group, until it ends or the signal aborts. */
  run(
    call: ProgramCall,
    onLine: (line: string, stream: OutputStream) => void,
    signal: AbortSignal,
  ): Promise<EndedProgram>;
  /** Returns the gate that passes if health checks pass in a region, or in one namespace of it. */
  gate(patterns: readonly string[], region: string, namespace: string | undefined): Gate;
  /** Undefined in non-interactive mode. */
  readonly person: Person | undefined;
  /** Who runs it, for the record: `ana@laptop`. */
  readonly author: string;
  /** Called before a step is entered. */
  readonly beforeStep?: (name: string) => Promise<void>;
  /** Shows a line of progress. */
  say(text: string): void;
  /** Keeps a file in the folder of the run. */
  keep(name: string, text: string): Promise<void>;
  /** Returns how programs select a region. Throws REGION_UNKNOWN. */
  placeOf(region: string): RunbookPlace;
  readonly secrets: ReadonlyMap<string, SecretValue>;
  /** Hides secrets in a text. */
  redact(text: string): string;
}
