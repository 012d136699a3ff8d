import { describe, expect, it } from "vitest";
import { nearWords } from "./near-words.ts";

const words = ["orders", "order-intake", "payments", "stock", "a1", "web"];

describe("words near a mistyped one", () => {
  it.each([
    ["ordres", ["orders"]],
    ["Orders", ["orders"]],
    ["order", ["orders", "order-intake"]],
    ["intake", ["order-intake"]],
    ["paymnets", ["payments"]],
    ["wbe", ["web"]],
    ["xyz", []],
    ["", []],
  ])("The words near %s are %j", (typed, near) => {
    expect(nearWords(typed, words)).toEqual(near);
  });
});
