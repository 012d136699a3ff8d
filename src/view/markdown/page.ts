import type { FootnoteDefinition, Nodes, Root } from "mdast";
import type { Paint } from "../../core/command.ts";

/** What every block of a document needs. */
export interface Page {
  readonly paint: Paint;
  /** Returns the text above the fence that starts at a line of the source, in place of its language. */
  readonly note: (line: number) => string | undefined;
  readonly targets: LinkTargets;
}

/** The URLs of `[name]: URL` lines, by their identifiers. */
export type LinkTargets = ReadonlyMap<string, string>;

/** What is used elsewhere than it is written. */
interface Definitions {
  readonly targets: LinkTargets;
  readonly footnotes: readonly FootnoteDefinition[];
}

/**
 * Finds the definitions of a document, in its order. A link uses the first definition of its name. All footnotes are
 * shown, even those that GitHub leaves out.
 */
export function definitionsOf(root: Root): Definitions {
  const targets = new Map<string, string>();
  const footnotes: FootnoteDefinition[] = [];
  const visit = (node: Nodes): void => {
    if (node.type === "definition" && !targets.has(node.identifier)) targets.set(node.identifier, node.url);
    if (node.type === "footnoteDefinition") footnotes.push(node);
    if ("children" in node) node.children.forEach(visit);
  };
  visit(root);
  return { targets, footnotes };
}
