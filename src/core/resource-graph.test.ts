import { describe, expect, it } from "vitest";
import { type AnyResource, asDesired, ready } from "./resource.ts";
import { Outputs, resourceGraph } from "./resource-graph.ts";

const signal = new AbortController().signal;
const resource = (id: string, more: Partial<AnyResource<string>> = {}): AnyResource<string> => ({
  id,
  title: id,
  needs: [],
  read: async () => undefined,
  diff: () => asDesired,
  apply: async () => undefined,
  ready: () => ready,
  output: (actual) => actual,
  ...more,
});
const places = ["us", "eu"].map((region) => ({ region, world: `world of ${region}`, isPrimary: region === "eu" }));

const zone = resource("zone", { scope: "platform" });
const database = resource("database", { needs: [zone] });
const replica = resource("replica", { needs: [], needsPrimary: [database] });
const records = resource("records", { scope: "platform", needs: [database] });
const graph = resourceGraph([records, replica, database], places);
const needs = Object.fromEntries(graph.map((node) => [node.id, node.needs.map(({ id }) => id).toSorted()]));

describe("the graph of a platform", () => {
  it("The graph of a platform has each resource once per region, and platform resources once", () => {
    expect(graph.map(({ id }) => id).toSorted()).toEqual(
      ["eu/database", "eu/replica", "platform/records", "platform/zone", "us/database", "us/replica"].toSorted(),
    );
  });

  it("The graph of a platform has edges from regions to the platform, and from the platform to every region", () => {
    expect(needs["us/database"]).toEqual(["platform/zone"]);
    expect(needs["platform/records"]).toEqual(["eu/database", "us/database"]);
  });

  it("The graph of a platform has edges to the primary region from every other one", () => {
    expect(needs["us/replica"]).toEqual(["eu/database"]);
    expect(needs["eu/replica"]).toEqual([]);
  });

  it("The graph of a platform creates platform resources in the primary region", () => {
    expect(graph.find(({ id }) => id === "platform/zone")?.world).toBe("world of eu");
  });

  it("The graph of a platform has every resource after its needs", () => {
    const at = (id: string): number => graph.findIndex((node) => node.id === id);
    expect(at("platform/zone")).toBeLessThan(at("eu/database"));
    expect(at("eu/database")).toBeLessThan(at("us/replica"));
  });
});

describe("the outputs of resources", () => {
  const outputs = new Outputs<string>();
  for (const node of graph) outputs.keep(node, `output of ${node.id}`);
  const contextOf = (id: string) => {
    const node = graph.find((each) => each.id === id);
    if (node === undefined) throw new Error(`there is no ${id}`);
    return outputs.contextOf(node, signal);
  };

  it("A resource sees outputs of its own region, of the platform and of the primary region", () => {
    expect(contextOf("us/database").required(zone)).toBe("output of platform/zone");
    expect(contextOf("us/replica").required(database)).toBe("output of eu/database");
  });

  it("What a resource needs of the primary region is seen apart from its own region's", () => {
    const { primary } = contextOf("us/replica");
    expect([primary.world, primary.output(database)]).toEqual(["world of eu", "output of eu/database"]);
    expect(contextOf("eu/replica").primary.world).toBe("world of eu");
    expect(() => contextOf("us/database").primary.output(database)).toThrow("does not declare that it needs database");
  });

  it("The output of a resource that does not exist is missing", () => {
    const [node] = graph;
    if (node === undefined) throw new Error("the graph is empty");
    const replicaNode = graph.find(({ id }) => id === "us/replica") ?? node;
    const context = new Outputs<string>().contextOf(replicaNode, signal);
    expect(context.output(database)).toBeUndefined();
    expect(() => context.required(database)).toThrow("database has no output yet");
  });

  it("The output of an undeclared need is rejected", () => {
    expect(() => contextOf("us/database").output(replica)).toThrow(
      "us/database does not declare that it needs replica",
    );
  });
});
