import { afterEach, describe, expect, it } from "vitest";
import { catalogFolder, component } from "../../test/support/catalog-folder.ts";
import { readCatalog } from "./catalog.ts";
import { cyclesIn } from "./cycles.ts";
import { diagramOf } from "./diagram.ts";
import { around, type CallGraph, circles, graphOf, missingDependencies } from "./graph.ts";

let place: Awaited<ReturnType<typeof catalogFolder>> | undefined;
afterEach(async () => {
  await place?.remove();
  place = undefined;
});

/** `a > b c` is a service with its dependencies; `billing/a` is one in another domain. */
const graph = async (...services: readonly string[]): Promise<CallGraph> => {
  const files = services.map((line) => {
    const [who = "", whom = ""] = line.split(" >");
    const [name = "", domain = "shop"] = who.split("/").toReversed();
    const dependsOn = whom.split(" ").filter((each) => each !== "");
    return [name, component(name, { domain, dependsOn: dependsOn.map((each) => `component:${each}`) })] as const;
  });
  place = await catalogFolder(Object.fromEntries(files));
  return graphOf(await readCatalog(place.folder, place.folder, new AbortController().signal));
};
const edges = (of: CallGraph): readonly string[] =>
  of.edges.map(({ from, to, crossDomain }) => `${from} ${crossDomain ? "=>" : "->"} ${to}`);
const names = ({ nodes }: CallGraph): readonly string[] =>
  nodes.map(({ name, inCatalog }) => (inCatalog ? name : `${name}?`));

describe("the graph of calls", () => {
  it("The graph of calls has every service, and dependencies that do not exist", async () => {
    const of = await graph("web > Orders", "orders > billing-api ledger", "billing/billing-api", "alone");
    expect(names(of)).toEqual(["alone", "billing-api", "ledger?", "orders", "web"]);
    expect(edges(of)).toEqual(["orders => billing-api", "orders -> ledger", "web -> orders"]);
    expect(missingDependencies(of)).toMatchObject([
      {
        id: "catalog/dependency",
        severity: "warn",
        subject: "service orders",
        location: { file: "orders/catalog-info.yaml", line: 14, column: 7 },
      },
    ]);
  });

  it("The graph around a service contains what it reaches and what reaches it", async () => {
    const of = await graph("a > b", "b > c", "c > d", "d", "x > c", "y > b d", "z");
    expect(names(around(of, "b"))).toEqual(["a", "b", "c", "d", "y"]);
    expect(edges(around(of, "b"))).toEqual(["a -> b", "b -> c", "c -> d", "y -> b", "y -> d"]);
    expect(names(around(of, "z"))).toEqual(["z"]);
  });

  it("The graph reports each cycle once, at the dependency that closes it", async () => {
    const of = await graph("a > b", "b > c", "c > a b", "d > a", "e > e", "f > g", "g");
    expect(circles(of).map(({ subject, summary, location }) => [subject, summary, location.file])).toEqual([
      ["service c", "closes a cycle: a → b → c → a", "c/catalog-info.yaml"],
      ["service e", "closes a cycle: e → e", "e/catalog-info.yaml"],
    ]);
    expect(cyclesIn([])).toEqual([]);
  });
});

describe("a diagram", () => {
  it("A diagram for Mermaid is a flowchart with a box for each domain", async () => {
    const of = await graph("end > billing-api ledger", "billing/billing-api");
    expect(diagramOf(of, "mermaid").text).toBe(`flowchart LR
  subgraph d0["billing"]
    s0["billing-api"]
  end
  subgraph d1["shop"]
    s1["end"]
  end
  s2["ledger"]:::absent
  s1 --> s0
  s1 -.-> s2
  classDef absent stroke-dasharray: 4
`);
  });

  it("A diagram for Graphviz is a digraph, whatever a domain is called", async () => {
    const of = await graph("a > ledger");
    const nodes = of.nodes.map((node) => (node.inCatalog ? { ...node, domain: 'the "shop" \\' } : node));
    expect(diagramOf({ ...of, nodes }, "dot").text).toBe(`digraph services {
  rankdir=LR;
  node [shape=box];
  subgraph cluster_0 {
    label="the \\"shop\\" \\\\";
    "a";
  }
  "ledger" [style=dashed];
  "a" -> "ledger" [style=dashed];
}
`);
    expect(diagramOf({ ...of, nodes }, "mermaid").text).toContain('subgraph d0["the #quot;shop#quot; \\"]');
  });
});
