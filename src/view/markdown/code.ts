import type { Code, Html } from "mdast";
import { oneLine, visible } from "../../core/visible.ts";
import { withoutComments } from "./comments.ts";
import type { Page } from "./page.ts";
import { wrapped } from "./wrap.ts";

const labelIndent = "  ";
const codeIndent = "    ";

/** Shows code as it is, so that it can be copied, below its language or the note about it. */
export function codeLines(node: Code, { note, paint }: Page, width: number): readonly string[] {
  const label = note(node.position?.start.line ?? 0) ?? node.lang ?? "";
  const lines = node.value === "" ? [] : visible(node.value).split("\n");
  return [
    ...wrapped([{ text: oneLine(label), tones: ["dim"] }], width - labelIndent.length, paint).map(
      (line) => labelIndent + line,
    ),
    ...lines.map((line) => (line === "" ? "" : codeIndent + line)),
  ];
}

/** Shows HTML as text without its comments. */
export function htmlLines(node: Html, { paint }: Page, width: number): readonly string[] {
  const text = visible(withoutComments(node.value))
    .replace(/^(?:[ \t]*\n)+/, "")
    .trimEnd();
  return text === "" ? [] : wrapped([{ text, tones: [], verbatim: true }], width, paint);
}
