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

/** Finds the definitions of a document, in its order. The first of several definitions of one name counts. */
export function definitionsOf(root: Root): Definitions {
  const targets = new Map<string, string>();
  const footnotes = new Map<string, FootnoteDefinition>();
  const visit = (node: Nodes): void => {
    if (node.type === "definition" && !targets.has(node.identifier)) targets.set(node.identifier, node.url);
    if (node.type === "footnoteDefinition" && !footnotes.has(node.identifier)) footnotes.set(node.identifier, node);
    if ("children" in node) node.children.forEach(visit);
  };
  visit(root);
  return { targets, footnotes: [...footnotes.values()] };
}
