import { expect, it } from "vitest";
import { selectorText } from "./label-selector.ts";

it("A label selector is written in the format of list requests", () => {
  const matchExpressions = [
    { key: "tier", operator: "In", values: ["a", "b"] },
    { key: "canary", operator: "DoesNotExist" },
    { key: "app", operator: "Exists" },
  ] as const;
  expect(selectorText({ matchLabels: { app: "x" }, matchExpressions })).toBe("app=x,tier in (a,b),!canary,app");
});
