import type { BlockContent, DefinitionContent, FootnoteDefinition, Heading, List, ListItem, RootContent } from "mdast";
import { codeLines, htmlLines } from "./code.ts";
import { gridLines } from "./grid.ts";
import { hanging } from "./hanging.ts";
import { footnoteMark, spansOf } from "./inline.ts";
import type { Page } from "./page.ts";
import { lineWidth, painted, widthOf, wrap, wrapped } from "./wrap.ts";

type Block = RootContent | BlockContent | DefinitionContent;

/** The width of a line between two parts of a document. */
const breakWidth = 40;

/** Returns the lines of blocks, with an empty line between two of them unless they are `tight`. */
export function blockLines(
  blocks: readonly Block[],
  page: Page,
  width: number,
  spacing: "loose" | "tight" = "loose",
): readonly string[] {
  return joined(
    blocks.map((block) => linesOf(block, page, width)),
    spacing,
  );
}

function joined(parts: readonly (readonly string[])[], spacing: "loose" | "tight"): readonly string[] {
  const shown = parts.filter((lines) => lines.length > 0);
  return shown.flatMap((lines, at) => (at > 0 && spacing === "loose" ? ["", ...lines] : lines));
}

function linesOf(block: Block, page: Page, width: number): readonly string[] {
  const { paint, targets } = page;
  switch (block.type) {
    case "heading":
      return headingLines(block, page, width);
    case "paragraph":
      return wrapped(spansOf(block.children, targets), width, paint);
    case "blockquote":
      return hanging({ first: "│ ", rest: "│ ", tone: "dim" }, width, page, (room) =>
        blockLines(block.children, page, room),
      );
    case "list":
      return listLines(block, page, width);
    case "code":
      return codeLines(block, page, width);
    case "html":
      return htmlLines(block, page, width);
    case "table":
      return gridLines(block, page, width);
    case "thematicBreak":
      return [paint("dim", "─".repeat(Math.min(width, breakWidth)))];
    default:
      // Front matter and definitions, which are shown where they are used.
      return [];
  }
}

/** A title is underlined; other headings keep their marks, which tell their level without colours, too. */
function headingLines({ depth, children }: Heading, page: Page, width: number): readonly string[] {
  const { paint, targets } = page;
  const spans = spansOf(children, targets, ["strong"]);
  if (depth === 1) {
    const lines = wrap(spans, width);
    const longest = lines.reduce((most, line) => Math.max(most, lineWidth(line)), 0);
    const rule = paint("strong", "═".repeat(longest));
    return longest === 0 ? [] : [...lines.map((line) => painted(line, paint)), rule];
  }
  const marks = `${"#".repeat(depth)} `;
  return hanging({ first: marks, rest: " ".repeat(marks.length), tone: "strong" }, width, page, (room) =>
    wrapped(spans, room, paint),
  );
}

function listLines({ children, ordered, start, spread }: List, page: Page, width: number): readonly string[] {
  const first = start ?? 1;
  const digits = String(first + children.length - 1).length;
  return joined(
    children.map((item, at) => {
      const bullet = ordered ? `${String(first + at).padStart(digits)}. ` : "- ";
      return itemLines(item, bullet, page, width);
    }),
    spread ? "loose" : "tight",
  );
}

function itemLines(
  { checked, children, spread }: ListItem,
  bullet: string,
  page: Page,
  width: number,
): readonly string[] {
  const task = typeof checked === "boolean" ? `[${checked ? "x" : " "}] ` : "";
  const first = bullet + task;
  return hanging({ first, rest: " ".repeat(widthOf(first)) }, width, page, (room) =>
    blockLines(children, page, room, spread ? "loose" : "tight"),
  );
}

/** Returns the footnotes, which are shown at the end. */
export function footnoteLines(footnotes: readonly FootnoteDefinition[], page: Page, width: number): readonly string[] {
  const parts = footnotes.map((footnote) => {
    const first = `${footnoteMark(footnote)}: `;
    return hanging({ first, rest: " ".repeat(widthOf(first)) }, width, page, (room) =>
      blockLines(footnote.children, page, room),
    );
  });
  return joined(parts, "tight");
}
