import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { exit } from "../../core/exit.ts";
import { markdownProse } from "../../core/markdown-escape.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { RunbookInput, RunbookRight, RunbookStep } from "../../runbooks/format/runbook.ts";
import { markdownText } from "../../view/markdown.ts";
import { openRunbook } from "./library.run.ts";
import type { RunbookShowInput } from "./show.ts";

/** A step as `gennet runbook show` describes it. */
export interface ShownStep {
  readonly name: string;
  readonly kind: string;
  /** The line of its fence, from 1. */
  readonly line: number;
  /** What is between the fences. */
  readonly script: string;
  /** Whether it may change something, and whether --yes confirms it. */
  readonly changes: boolean;
  readonly safe: boolean;
  /** Milliseconds. */
  readonly timeoutMs?: number;
  /** The step that it undoes. */
  readonly undoOf?: string;
}

/** What `gennet runbook show` answers. */
export interface RunbookDetails {
  readonly kind: "RunbookDetails";
  readonly id: string;
  readonly title: string;
  readonly when: string;
  readonly findings: readonly string[];
  readonly inputs: Readonly<Record<string, RunbookInput>>;
  readonly rights: readonly RunbookRight[];
  readonly steps: readonly ShownStep[];
  readonly file: string;
  /** The Markdown. */
  readonly text: string;
}

export async function run({ id: named }: RunbookShowInput, context: Context): Promise<Outcome<RunbookDetails>> {
  const { id, title, when, findings, inputs, rights, steps, file, source } = await openRunbook(named, context);
  const document = { id, title, when, findings, inputs, rights, steps: steps.map(shownStep), file, text: source };
  return { exit: exit.ok, document: { kind: "RunbookDetails", ...document } };
}

export function present({ when, inputs, steps, text }: RunbookDetails, view: TextView): string {
  const notes = new Map(steps.map((step) => [step.line, noteOf(step)]));
  const named = Object.entries(inputs).map(([name, { summary, default: preset }]) => {
    const usual = preset === undefined ? "" : ` (default ${preset})`;
    return `- **${markdownProse(name)}**: ${markdownProse(summary + usual)}`;
  });
  const head = [`**When:** ${markdownProse(when)}`, ...(named.length === 0 ? [] : ["**Inputs:**", named.join("\n")])];
  return `${markdownText(head.join("\n\n"), view)}\n\n${markdownText(text, view, (line) => notes.get(line))}`;
}

function shownStep({ name, kind, line, body, reads, isSafe, timeoutMs, undoOf }: RunbookStep): ShownStep {
  return {
    name,
    kind,
    line,
    script: body,
    changes: !reads,
    safe: isSafe,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(undoOf === undefined ? {} : { undoOf }),
  };
}

/** `restart (kubectl): asks, or --yes` */
function noteOf({ name, kind, changes, safe, undoOf }: ShownStep): string {
  const asks = changes || kind === "approve" ? (safe ? ": asks, or --yes" : ": asks") : "";
  return `${name} (${kind})${undoOf === undefined ? "" : ` undoes ${undoOf}`}${asks}`;
}
