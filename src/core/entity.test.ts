import { describe, expect, it } from "vitest";
import { type DomainEntity, domainOf, entityReference } from "./entity.ts";

describe("a reference to an entity", () => {
  it.each([
    ["orders", { name: "orders" }],
    ["Component:Orders", { kind: "component", name: "Orders" }],
    ["ops/audit", { namespace: "ops", name: "audit" }],
    [" group:Default/team.shop ", { kind: "group", namespace: "default", name: "team.shop" }],
  ])("A reference to an entity is parsed: %s", (text, named) => {
    expect(entityReference(text)).toEqual(named);
  });

  it.each(["", " ", "a b", "component:", "a:b:c", "a/b/c", "/a", ":a"])(
    "A reference to an entity is invalid: %j",
    (text) => {
      expect(entityReference(text)).toBeUndefined();
    },
  );
});

const system = (name: string, domain: string, namespace?: string): DomainEntity => ({
  name,
  namespace,
  value: { spec: { domain } },
});
const component = (system: string | undefined, namespace?: string, domain?: string): DomainEntity => ({
  name: "orders",
  namespace,
  value: { metadata: { labels: { domain } }, spec: { system } },
});

describe("the domain of an entity", () => {
  const systems = [system("books", "finance"), system("Books", "domain:shop/sales", "shop")];

  it.each([
    ["its own label, rather than its system's", component("books", undefined, "shop"), "shop"],
    ["that of a system in the default namespace", component("books"), "finance"],
    ["that of a system in its own namespace, in any case", component("system:books", "Shop"), "sales"],
    ["that of a system in the given namespace", component("system:default/books", "shop"), "finance"],
    ["undefined if its system is in another namespace", component("books", "other"), undefined],
    ["undefined if it has no system", component(undefined), undefined],
  ])("The domain of an entity is %s", (_what, entity, domain) => {
    expect(domainOf(entity, systems)).toBe(domain);
  });
});
