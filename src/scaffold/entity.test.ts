import { describe, expect, it } from "vitest";
import { checkEntity, entityFromName, entityOf, entityProblem } from "./entity.ts";

describe("the entity of a service", () => {
  it.each([
    ["parcel", "parcels"],
    ["entry", "entries"],
    ["day", "days"],
    ["box", "boxes"],
    ["dish", "dishes"],
    ["address", "addresses"],
    ["person:people", "people"],
  ])(
    "The entity of a service has the regular plural of an English noun, or the given one: %s, %s",
    (answer, plural) => {
      expect(entityOf(answer).plural).toBe(plural);
    },
  );

  it("The entity of a service gives names to classes, modules and paths", () => {
    expect(entityOf("line-item")).toEqual({
      name: "line item",
      one: "a line item",
      plural: "line items",
      module: "line_item",
      modules: "line_items",
      type: "LineItem",
      types: "LineItems",
      path: "line-items",
    });
    expect(entityOf("line_item")).toEqual(entityOf("line-item"));
  });

  it.each([
    ["Parcel", "lower-case"],
    ["parcel2", "lower-case"],
    ["parcel:", "lower-case"],
    ["a:b:c", "lower-case"],
    ["-parcel", "lower-case"],
    ["x", "2 to 16 letters"],
    ["a".repeat(17), "2 to 16 letters"],
    ["equipment:equipment", "must differ from its singular"],
    ["class", "keyword"],
    ["lambda", "keyword"],
    ["setting", '"setting"'],
    ["parts:partses", '"parts"'],
    ["list", '"list"'],
  ])("The entity of a service is rejected with a reason: %s", (answer, reason) => {
    expect(entityProblem(answer)).toContain(reason);
    expect(() => checkEntity("--entity", answer)).toThrow(/^--entity: .* is invalid: /);
  });

  it.each([
    ["orders", "order"],
    ["order-intake", "order"],
    ["parcel-tracking", "parcel"],
    ["entries", "entry"],
    ["addresses", "address"],
    ["mail", "mail"],
    ["status", "item"],
    ["settings", "item"],
    ["y", "item"],
    ["z".repeat(63), "item"],
    ["web2-shop", "item"],
  ])("The entity of a service is derived from its name: %s gives %s", (service, entity) => {
    expect(entityFromName(service)).toBe(entity);
    expect(entityProblem(entity)).toBeUndefined();
  });
});
