import { Interrupted } from "../../src/core/error.ts";
import { answerOf, type GateAnswer } from "../../src/core/gate.ts";
import { openJournal } from "../../src/core/journal.ts";
import { beginRun, openRun } from "../../src/core/run.ts";
import { textRedactor } from "../../src/core/redact-text.ts";
import type { SecretValue } from "../../src/core/secret-value.ts";
import { parseRunbook } from "../../src/runbooks/format/parse-runbook.ts";
import { type RunbookOptions, runRunbook } from "../../src/runbooks/run/run-runbook.ts";
import type { RunbookEnd } from "../../src/runbooks/run/runbook-end.ts";
import type { Person, ProgramCall, RunbookWorld } from "../../src/runbooks/run/world.ts";
import type { EndedProgram } from "../../src/host/run-program.ts";
import { memoryLines } from "./memory-lines.ts";
import { mustBeUsed } from "./must-be-used.ts";
import { virtualClock } from "./virtual-clock.ts";

/** What a process that is killed throws: no AppError, so nothing is put in order. */
export class Killed extends Error {}

export interface RunbookTrial {
  /** The programs that ran to their end, as a person would type them. */
  readonly ran: string[];
  /** Everything that was shown. */
  readonly said: string[];
  readonly kept: Map<string, string>;
  readonly lines: ReturnType<typeof memoryLines>;
  /** What programs answer, by what their command line contains; exit code 0 by default. */
  readonly programs: Map<
    string,
    Partial<EndedProgram> | ((call: ProgramCall, signal: AbortSignal) => Promise<Partial<EndedProgram>>)
  >;
  gate: GateAnswer;
  /** The person presses Ctrl-C at the next question. */
  interrupt: boolean;
  readonly asked: string[];
  /** The answers of a person, in the order of the questions; undefined in non-interactive mode. */
  answers: (string | boolean)[] | undefined;
  /** The process is killed when it writes this line of the journal (from 1), before or after it is safe. */
  kill(line: number, when: "before" | "after"): void;
  revive(): void;
  /** One process: begins a run, or resumes the unfinished one. */
  go(options?: Partial<RunbookOptions>, values?: Readonly<Record<string, string>>): Promise<RunbookEnd>;
}

export const frontMatter = `---
id: trial
title: Trial
when: in tests
inputs:
  region: { type: region, summary: the region }
  pod: { type: name, summary: the pod, default: orders-1 }
---
`;

/** A runbook whose programs and checks are scripted, and whose process can be killed. */
export function runbookTrial(body: string, secrets: ReadonlyMap<string, SecretValue> = new Map()): RunbookTrial {
  const runbook = parseRunbook(frontMatter + body, "trial.md");
  const clock = virtualClock();
  const lines = memoryLines();
  let strike: { readonly at: number; readonly when: "before" | "after" } | undefined;
  let isKilled = false;
  const append = async (line: string): Promise<void> => {
    const isHit = strike?.at === lines.all.length + 1;
    const when = isHit ? strike?.when : undefined;
    if (isHit) isKilled = true;
    if (when === "before") throw new Killed();
    await lines.append(line);
    if (when === "after") throw new Killed();
  };
  const redact = textRedactor([...secrets.values()]);
  const next = (question: string): string | boolean => {
    trial.asked.push(question);
    if (trial.interrupt) throw new Interrupted("Ctrl-C");
    const answer = trial.answers?.shift();
    if (answer === undefined) throw new Error(`No answer is left for "${question}"`);
    return answer;
  };
  const person: Person = {
    confirm: async (question) => next(question) === true,
    text: async (question) => String(next(question)),
    choice: async (question, choices) => {
      const answer = String(next(question));
      if (!choices.some(({ value }) => value === answer))
        throw new Error(`"${answer}" is not offered for "${question}"`);
      return answer;
    },
  };
  const trial: RunbookTrial = {
    ran: [],
    said: [],
    kept: new Map(),
    lines,
    programs: new Map(),
    gate: answerOf([{ id: "pods/running", severity: "ok", subject: "pods", summary: "all run" }]),
    answers: undefined,
    interrupt: false,
    asked: [],
    kill: (at, when) => {
      strike = { at, when };
      mustBeUsed("a kill at a line of the journal", () => (isKilled ? [] : [`${when} line ${at}`]));
    },
    revive: () => void (strike = undefined),
    go: async (options = {}, values = {}) => {
      const world: RunbookWorld = {
        clock,
        run: async (call, onLine, signal) => {
          const typed = [call.program, ...call.args].join(" ");
          const [, scripted = {}] = [...trial.programs].find(([part]) => typed.includes(part)) ?? [];
          const end = typeof scripted === "function" ? await scripted(call, signal) : scripted;
          signal.throwIfAborted();
          const { stdout = "", stderr = "" } = end;
          for (const line of stdout.split("\n")) onLine(line, "stdout");
          for (const line of stderr.split("\n")) onLine(line, "stderr");
          trial.ran.push(typed);
          return { exit: 0, stdout, stderr, output: stdout + stderr, isCut: false, ...end };
        },
        gate: (patterns) => ({ id: patterns.join(" "), evaluate: async () => trial.gate }),
        person: trial.answers === undefined ? undefined : person,
        author: "ana@laptop",
        say: (text) => void trial.said.push(text),
        keep: async (name, text) => void trial.kept.set(name, text),
        placeOf: (name) => ({ context: name, gennet: ["--region", name] }),
        secrets,
        redact,
      };
      const journal = await openJournal({ ...lines, append }, "trial", clock);
      const run =
        openRun(journal)?.run ?? (await beginRun(journal, `r${journal.entries.length}`, { author: "ana@laptop" }));
      const known = new Map(Object.entries({ region: "eu", pod: "orders-1", evidence: "/evidence", ...values }));
      const { signal } = new AbortController();
      const ended = await runRunbook(runbook, run, known, { yes: false, undo: false, ...options }, world, signal);
      const left = trial.answers ?? [];
      if (left.length > 0) throw new Error(`The test prepared answers that nothing used: ${left.join(", ")}`);
      return ended;
    },
  };
  return trial;
}

/** A typed fence. */
export function fence(info: string, text: string): string {
  return `\n\`\`\`${info}\n${text}\n\`\`\`\n`;
}
