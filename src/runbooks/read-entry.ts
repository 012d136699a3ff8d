import { basename } from "node:path";
import { AppError } from "../core/error.ts";
import { YamlProblems } from "../core/valid-yaml.ts";
import { type RunbookEntry, type RunbookFacts, readRunbook } from "./runbook-files.ts";
import { readFrontMatter } from "./format/front-matter.ts";

/** Reads the front matter of a file. One that cannot be read must not hide the other runbooks. */
export async function readEntry(place: Pick<RunbookEntry, "path" | "file">): Promise<RunbookFacts> {
  const { file } = place;
  const named = basename(file, ".md");
  const unreadable = (problem: string): RunbookFacts => ({ id: named, title: "", when: "", findings: [], problem });
  try {
    const source = await readRunbook(place);
    const [, text] = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(source) ?? [];
    if (text === undefined) return unreadable(`${file}:1: expected front matter`);
    const { id, title, when, findings } = readFrontMatter(text, file, named);
    return { id, title, when, findings };
  } catch (error) {
    if (error instanceof YamlProblems) return unreadable(error.problems[0] ?? "");
    if (error instanceof AppError) return unreadable(error.message);
    throw error;
  }
}
