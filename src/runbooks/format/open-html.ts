import type { PhrasingContent, RootContent } from "mdast";

/** HTML that was opened and is not closed yet. */
export interface OpenHtml {
  /** `<details>` */
  readonly tag: string;
  /** From 1. */
  readonly line: number;
}

const token =
  /<!--(?!-?>)[\s\S]*?-->|<[!?](?!--)[^<>]*>|<(\/?)([a-z][a-z0-9-]*)(?:\s+[a-z_:][\w.:-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*\s*\/?>|<[a-z/!?]/gi;
/** Elements that are never closed. Source: HTML, void elements. */
const empty = /^(area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/;
/** Elements in which no other tag counts until they are closed. */
const rawText = /^(script|style|textarea|title|iframe|noscript|xmp)$/;
/** Elements that stay open at the end of a paragraph, unlike `<b>` and what only looks like a tag. */
const block = /^(article|aside|center|details|dialog|div|fieldset|form|footer|header|main|nav|section|table|template)$/;

/**
 * Follows the HTML between the blocks of a document. A forge shows what comes after `<details>` folded away, also where
 * Markdown continues after a blank line.
 */
export class HtmlBlocks {
  readonly #open: (OpenHtml & { readonly name: string })[] = [];

  /** The outermost element that is open. */
  get open(): OpenHtml | undefined {
    return this.#open[0];
  }

  read(node: RootContent): void {
    const line = node.position?.start.line ?? 1;
    if (node.type === "html") this.#read(node.value, line, () => true);
    if (node.type !== "paragraph") return;
    for (const { value, at } of htmlIn(node.children))
      this.#read(value, at ?? line, (name) => block.test(name) || rawText.test(name));
  }

  #read(html: string, line: number, counts: (name: string) => boolean): void {
    for (const { 0: tag, 1: slash, 2: written, index } of html.matchAll(token)) {
      const name = written?.toLowerCase();
      const inside = this.#open.at(-1)?.name;
      if (inside !== undefined && rawText.test(inside) && !(slash === "/" && name === inside)) continue;
      if (slash === "/") {
        const at = this.#open.findLastIndex((each) => each.name === name);
        if (at !== -1) this.#open.splice(at);
        continue;
      }
      const at = line + html.slice(0, index).split("\n").length - 1;
      if (name !== undefined && !empty.test(name) && counts(name))
        this.#open.push({ name, tag: `<${name}>`, line: at });
      // A tag or a comment without its end: it ends somewhere in the text that follows, or nowhere.
      if (name === undefined && !tag.endsWith(">")) {
        this.#open.push({ name: "", tag: html.slice(index).split(/\s/)[0] ?? tag, line: at });
        return;
      }
    }
  }
}

function htmlIn(nodes: readonly PhrasingContent[]): readonly { readonly value: string; readonly at?: number }[] {
  return nodes.flatMap((node) => {
    if (node.type === "html") return [{ value: node.value, ...(node.position && { at: node.position.start.line }) }];
    return "children" in node ? htmlIn(node.children) : [];
  });
}
