import type { Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { frontmatterFromMarkdown } from "mdast-util-frontmatter";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { frontmatter } from "micromark-extension-frontmatter";
import { gfm } from "micromark-extension-gfm";
import type { TextView } from "../core/command.ts";
import { blockLines, footnoteLines } from "./markdown/blocks.ts";
import { definitionsOf } from "./markdown/page.ts";
import { isOutOfProportion, isTooDeep } from "../core/markdown-proportion.ts";
import { wrapped } from "./markdown/wrap.ts";
import { visible } from "../core/visible.ts";

/** A narrower terminal breaks the lines itself. */
const narrowest = 20;

/**
 * Formats Markdown, as GitHub reads it, for a terminal. Colours only add to the text, which is the same without them.
 * `note` returns what to show above the fence that starts at a line of the source, in place of its language. Nothing in
 * the source reaches the terminal as a control character, except tabs in code. A document that is nested too deeply to
 * be read is shown as it is.
 */
export function markdownText(
  source: string,
  view: TextView,
  note: (line: number) => string | undefined = () => undefined,
): string {
  const { paint } = view;
  const text = source.replace(/^\ufeff/, "").replaceAll(/\r\n?/g, "\n");
  const width = Math.max(view.columns, narrowest);
  const root = parsed(text);
  if (root === undefined) {
    return wrapped([{ text: visible(text.trimEnd()), tones: [], verbatim: true }], width, paint).join("\n");
  }
  const { targets, footnotes } = definitionsOf(root);
  const page = { paint, note, targets };
  const body = blockLines(root.children, page, width);
  const notes = footnoteLines(footnotes, page, width);
  return [...body, ...(body.length > 0 && notes.length > 0 ? [""] : []), ...notes].join("\n");
}

/** Returns undefined for what no reader could follow, and no recursive function either. */
function parsed(source: string): Root | undefined {
  if (isOutOfProportion(source)) return undefined;
  try {
    const root = fromMarkdown(source, {
      extensions: [frontmatter(["yaml"]), gfm()],
      // The transforms only find links that show their URL anyway, and are recursive.
      mdastExtensions: [
        frontmatterFromMarkdown(["yaml"]),
        gfmFromMarkdown().map((each) => ({ ...each, transforms: [] })),
      ],
    });
    return isTooDeep(root) ? undefined : root;
  } catch (error) {
    // The parser follows labels of links with a recursive function.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
