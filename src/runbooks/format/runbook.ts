import type { StepCondition } from "./condition.ts";
import type { ArgumentTemplate } from "./words.ts";

/** What a fence runs, by the first word of its info string. */
export const stepKinds = ["gennet", "kubectl", "aws", "shell", "check", "ask", "approve", "wait"] as const;
export type StepKind = (typeof stepKinds)[number];

/** Kinds that run one command of the program with that name. */
export const commandKinds: readonly string[] = ["gennet", "kubectl", "aws"] satisfies readonly StepKind[];
/** Kinds whose text is run. */
export const runningKinds: readonly string[] = [...commandKinds, "shell"];

export const inputTypes = ["name", "text", "integer", "duration", "choice", "region"] as const;

/** A value that a runbook needs before it starts. */
export interface RunbookInput {
  readonly summary: string;
  /** `name`: lower-case letters, digits, dashes and dots. `region`: a region of gennet.yaml, or a kubeconfig context. */
  readonly type: (typeof inputTypes)[number];
  readonly choices?: readonly string[] | undefined;
  /** A regular expression that the whole value must match. */
  readonly pattern?: string | undefined;
  readonly default?: string | undefined;
  /** Where a finding has it: a JSON pointer into the finding, or `namespace`, `kind` or `name` of its subject. */
  readonly from?: string | undefined;
  /** Kept out of arguments, journals and reports; only shell steps get it. */
  readonly secret: boolean;
}

/** A permission in the cluster, as `kubectl auth can-i` takes it. */
export interface RunbookRight {
  readonly verb: string;
  readonly resource: string;
  /** May contain `${…}`; without one, in all namespaces. */
  readonly namespace?: string | undefined;
}

/** A value that a step leaves for later ones. */
export interface StepOutput {
  readonly name: string;
  /** A JSON pointer into the output, or `text` for all of it. */
  readonly from: string;
}

export interface RunbookStep {
  readonly name: string;
  readonly kind: StepKind;
  /** The line of the fence, from 1. */
  readonly line: number;
  /** The last heading before it. */
  readonly heading: string | undefined;
  /** What is between the fences. */
  readonly body: string;
  /** The arguments, without the name of the program. Empty for kinds that run no program. */
  readonly words: readonly ArgumentTemplate[];
  /** Milliseconds; of a check, how long to wait for it to pass. */
  readonly timeoutMs: number | undefined;
  readonly when: StepCondition | undefined;
  readonly expects: readonly StepCondition[];
  readonly outputs: readonly StepOutput[];
  /** The step that this one undoes. It runs only then. */
  readonly undoOf: string | undefined;
  /** Changes nothing, so that it runs without confirmation. */
  readonly reads: boolean;
  /** May be confirmed by --yes, and repeated after a kill. */
  readonly isSafe: boolean;
  /** Of a gennet step: it works on all regions, and gets no --region. */
  readonly allRegions: boolean;
  /** Of a check step: the namespace that it looks at; by default all. */
  readonly namespace: ArgumentTemplate | undefined;
  /** The possible answers of an ask step. `stop` ends the run. */
  readonly choices: readonly string[];
}

/** How `gennet runbook test` tries a runbook in a sandbox. Commands are lines without the word `gennet`. */
export interface RunbookTrial {
  readonly fault: readonly string[];
  /** The check whose finding starts the run; without one, it starts with its inputs. */
  readonly finding?: string | undefined;
  /** What a person would answer, by step. */
  readonly answers: Readonly<Record<string, string>>;
  /** What the rest of the world does before a step. */
  readonly meanwhile: Readonly<Record<string, readonly string[]>>;
  /** The checks that must pass afterwards. */
  readonly holds: readonly string[];
  readonly inputs: Readonly<Record<string, string>>;
}

export interface Runbook {
  readonly id: string;
  readonly title: string;
  /** When to use it. */
  readonly when: string;
  /** The checks whose findings it answers: ids, areas or globs. */
  readonly findings: readonly string[];
  readonly inputs: Readonly<Record<string, RunbookInput>>;
  readonly rights: readonly RunbookRight[];
  readonly steps: readonly RunbookStep[];
  readonly trial: RunbookTrial | undefined;
  /** The file as people know it. */
  readonly file: string;
  readonly source: string;
}
