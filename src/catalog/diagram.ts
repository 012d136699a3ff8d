import type { CallGraph, GraphNode } from "./graph.ts";

/** A graph as text for other programs to draw. */
export interface Diagram {
  readonly format: "mermaid" | "dot";
  readonly text: string;
}

/** Domains are boxes. Services outside the catalogue are dashed, and so are calls to them. */
export function diagramOf(graph: CallGraph, format: Diagram["format"]): Diagram {
  return { format, text: format === "mermaid" ? mermaid(graph) : dot(graph) };
}

/** Source: mermaid.js.org/syntax/flowchart. A name may be a keyword there, so nodes have their own ids. */
function mermaid({ nodes, edges }: CallGraph): string {
  const ids = new Map(nodes.map(({ name }, index) => [name, `s${index}`]));
  const id = (name: string): string => ids.get(name) ?? "";
  const label = (text: string): string => `"${text.replaceAll('"', "#quot;")}"`;
  const node = ({ name, inCatalog }: GraphNode): string => `${id(name)}[${label(name)}]${inCatalog ? "" : ":::absent"}`;
  const boxes = byDomain(nodes).flatMap(([domain, members], index) =>
    domain === undefined
      ? members.map((each) => `  ${node(each)}`)
      : [`  subgraph d${index}[${label(domain)}]`, ...members.map((each) => `    ${node(each)}`), "  end"],
  );
  const absent = new Set(nodes.filter(({ inCatalog }) => !inCatalog).map(({ name }) => name));
  const arrows = edges.map(({ from, to }) => `  ${id(from)} ${absent.has(to) ? "-.->" : "-->"} ${id(to)}`);
  const style = absent.size === 0 ? [] : ["  classDef absent stroke-dasharray: 4"];
  return lines(["flowchart LR", ...boxes, ...arrows, ...style]);
}

/** Source: graphviz.org/doc/info/lang.html. */
function dot({ nodes, edges }: CallGraph): string {
  const quoted = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;
  const dashed = " [style=dashed]";
  const node = ({ name, inCatalog }: GraphNode): string => `${quoted(name)}${inCatalog ? "" : dashed};`;
  const boxes = byDomain(nodes).flatMap(([domain, members], index) =>
    domain === undefined
      ? members.map((each) => `  ${node(each)}`)
      : [
          `  subgraph cluster_${index} {`,
          `    label=${quoted(domain)};`,
          ...members.map((each) => `    ${node(each)}`),
          "  }",
        ],
  );
  const absent = new Set(nodes.filter(({ inCatalog }) => !inCatalog).map(({ name }) => name));
  const arrows = edges.map(({ from, to }) => `  ${quoted(from)} -> ${quoted(to)}${absent.has(to) ? dashed : ""};`);
  return lines(["digraph services {", "  rankdir=LR;", "  node [shape=box];", ...boxes, ...arrows, "}"]);
}

function byDomain(nodes: readonly GraphNode[]): readonly (readonly [string | undefined, readonly GraphNode[]])[] {
  const named = nodes.flatMap(({ domain }) => (domain === undefined ? [] : [domain]));
  const domains = [...[...new Set(named)].sort(), undefined];
  return domains.map((domain) => [domain, nodes.filter((node) => node.domain === domain)]);
}

function lines(each: readonly string[]): string {
  return `${each.join("\n")}\n`;
}
