import { type Document, isAlias, LineCounter, parseDocument, visit } from "yaml";
import type { z } from "zod";
import { expectation } from "./expectation.ts";
import { field } from "./fields.ts";
import { offsetOf } from "./yaml-position.ts";
import { type At, syntaxProblems } from "./yaml-problems.ts";

/** Supports merge keys (`<<: *anchor`), which are common in Compose and CI files. */
const reading = { merge: true, prettyErrors: false, logLevel: "error" } as const;

/** Why a text does not fit its schema, each problem with its FILE:LINE:COLUMN. */
export class YamlProblems extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

export interface YamlText {
  readonly text: string;
  /** The file's name in messages. */
  readonly shownAs: string;
  /** How many lines of the file come before the text. */
  readonly linesBefore?: number;
}

/**
 * Parses a text by a schema. `before` looks at the document before it is validated. Throws YamlProblems with every
 * error, as FILE:LINE:COLUMN and what was expected there.
 */
export function parseValid<T>(
  { text, shownAs, linesBefore = 0 }: YamlText,
  schema: z.ZodType<T>,
  before: (document: Document, at: At) => void = () => undefined,
): { readonly data: T; readonly document: Document; readonly at: At } {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...reading, lineCounter: lines });
  const at: At = (offset) => {
    const { line, col } = lines.linePos(offset);
    return `${shownAs}:${line + linesBefore}:${col}`;
  };
  const syntax = syntaxProblems(document, at);
  if (syntax.length > 0) throw new YamlProblems(syntax);
  before(document, at);

  const values = plain(document, at);
  const result = schema.safeParse(values);
  if (result.success) return { data: result.data, document, at };
  throw new YamlProblems(
    result.error.issues.flatMap((issue) => {
      const path = issue.path as (string | number)[];
      const where = path.length === 0 ? "the file" : path.join(".");
      if (issue.code !== "unrecognized_keys") {
        return [`${at(offsetOf(document, path))}: ${where}: ${expectation(issue, field(values, ...path))}`];
      }
      return issue.keys.map((key) => `${at(offsetOf(document, path, key))}: unknown key "${key}" in ${where}`);
    }),
  );
}

/** Converts the document to plain data. The parser rejects aliases that expand without end. */
function plain(document: Document.Parsed, at: At): unknown {
  try {
    return document.toJS();
  } catch (error) {
    let first = 0;
    visit(document, (_, node) => {
      if (!isAlias(node)) return undefined;
      first = node.range?.[0] ?? 0;
      return visit.BREAK;
    });
    throw new YamlProblems([`${at(first)}: ${error instanceof Error ? error.message : String(error)}`]);
  }
}
