import type { Nodes } from "mdast";

/** Returns the text of a node without its markup. */
export function plainText(node: Nodes): string {
  if ("value" in node) return node.type === "html" ? "" : node.value;
  return "children" in node ? node.children.map((child) => plainText(child)).join("") : "";
}
