import { describe, expect, it } from "vitest";
import { entityReference } from "./entity-reference.ts";

describe("a reference to an entity", () => {
  it.each([
    ["orders", { name: "orders" }],
    ["Component:Orders", { kind: "component", name: "Orders" }],
    ["ops/audit", { namespace: "ops", name: "audit" }],
    [" group:Default/team.shop ", { kind: "group", namespace: "default", name: "team.shop" }],
  ])("%s", (text, named) => {
    expect(entityReference(text)).toEqual(named);
  });

  it.each(["", " ", "a b", "component:", "a:b:c", "a/b/c", "/a", ":a"])("is not %j", (text) => {
    expect(entityReference(text)).toBeUndefined();
  });
});
