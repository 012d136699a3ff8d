import type { Code, Root, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { frontmatterFromMarkdown } from "mdast-util-frontmatter";
import { frontmatter } from "micromark-extension-frontmatter";
import { AppError } from "../../core/error.ts";
import { isOutOfProportion } from "../../core/markdown-proportion.ts";
import { shell } from "../../core/shell-words.ts";
import { YamlProblems } from "../../core/valid-yaml.ts";
import { checkValues } from "./check-values.ts";
import { type FrontMatter, readFrontMatter } from "./front-matter.ts";
import { HtmlBlocks } from "./open-html.ts";
import { plainText } from "./plain-text.ts";
import { type Runbook, type RunbookStep, type StepKind, stepKinds } from "./runbook.ts";
import { readStep } from "./read-step.ts";

const mostBytes = 1 << 20;

/** Why a file is not a runbook. Each problem begins with FILE:LINE. */
function invalid(file: string, problems: readonly string[]): AppError {
  return new AppError("RUNBOOK_INVALID", problems.join("\n"), {
    next: [shell`gennet runbook show ${file}  # after fixing it`, "gennet explain RUNBOOK_INVALID"],
  });
}

/**
 * Reads a runbook from Markdown. Steps are the typed fences at the top level of the document; fences in lists, quotes
 * and comments are text. `file` is the name in messages, and `id` the ID that a runbook must have which is named by it.
 * Throws RUNBOOK_INVALID with every problem.
 */
export function parseRunbook(written: string, file: string, id?: string): Runbook {
  // Columns and offsets count without the byte order mark, and a script must not get carriage returns.
  const source = written.replace(/^\uFEFF/, "").replaceAll(/\r\n?/g, "\n");
  if (Buffer.byteLength(source) > mostBytes) throw invalid(file, [`${file}:1: expected at most 1 MiB`]);
  if (isOutOfProportion(source))
    throw invalid(file, [`${file}:1: the document is nested too deeply, or its paragraphs are too long`]);
  const root = fromMarkdown(source, {
    extensions: [frontmatter(["yaml"])],
    mdastExtensions: [frontmatterFromMarkdown(["yaml"])],
  });
  const front = frontMatterOf(root, file, id);
  const problems: string[] = [];
  const steps = stepsOf(root, source, (line, problem) => problems.push(`${file}:${line}: ${problem}`));
  if (problems.length === 0 && !steps.some(({ undoOf }) => undoOf === undefined)) {
    problems.push(
      `${file}:1: expected at least one step: a fenced block that begins with one of ${stepKinds.join(", ")}`,
    );
  }
  const { test, ...about } = front;
  const runbook = { ...about, steps, trial: test, file, source };
  if (problems.length === 0) problems.push(...checkValues(runbook));
  if (problems.length > 0) throw invalid(file, problems);
  return runbook;
}

function frontMatterOf({ children: [first] }: Root, file: string, id: string | undefined): FrontMatter {
  if (first?.type !== "yaml") {
    throw invalid(file, [`${file}:1: expected front matter: YAML between two lines of ---, with id, title and when`]);
  }
  try {
    return readFrontMatter(first.value, file, id);
  } catch (error) {
    if (error instanceof YamlProblems) throw invalid(file, error.problems);
    throw error;
  }
}

type Report = (line: number, problem: string) => void;

function stepsOf({ children }: Root, source: string, report: Report): readonly RunbookStep[] {
  const steps: RunbookStep[] = [];
  const html = new HtmlBlocks();
  let heading: string | undefined;
  for (const node of children) {
    if (node.type === "heading") heading = plainText(node);
    html.read(node);
    if (!isTyped(node)) continue;
    const line = node.position?.start.line ?? 1;
    if (!isClosed(node, source)) report(line, "the fence is not closed");
    const { open } = html;
    if (open !== undefined)
      report(line, `the step is within ${open.tag} of line ${open.line}, which may hide it: close it before the step`);
    const step = readStep(
      node.lang,
      infoOf(node, source),
      node.value,
      { line, heading, number: steps.length + 1 },
      report,
    );
    if (step === undefined) continue;
    const twin = steps.find(({ name }) => name === step.name);
    if (twin !== undefined) report(line, `the name "${step.name}" is already used in line ${twin.line}`);
    steps.push(step);
  }
  return steps;
}

function isTyped(node: RootContent): node is Code & { lang: StepKind } {
  return node.type === "code" && (stepKinds as readonly (string | null | undefined)[]).includes(node.lang);
}

/** Returns what follows the kind in the info string as it is written: Markdown removes backslashes from it. */
function infoOf({ position }: Code, source: string): string {
  const [first = ""] = source.slice(position?.start.offset, position?.end.offset).split("\n", 1);
  return first.replace(/^(?:`+|~+)[ \t]*[^ \t]+/, "");
}

/** CommonMark ends a fence at the end of the document, but a document that was cut must not run half a step. */
function isClosed({ position }: Code, source: string): boolean {
  const text = source.slice(position?.start.offset, position?.end.offset);
  const [, fence = ""] = /^(`{3,}|~{3,})/.exec(text) ?? [];
  const last = text.slice(text.lastIndexOf("\n") + 1).trim();
  return text.includes("\n") && last.startsWith(fence) && /^(`+|~+)$/.test(last);
}
