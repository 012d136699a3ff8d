import { describe, expect, it } from "vitest";
import { globMatches } from "./glob.ts";

// Each line was compared with gobwas/glob v0.2.3, the version that Argo CD is built with.
describe("a pattern of Argo CD", () => {
  it.each([
    ["orders", "orders", ""],
    ["orders-*", "orders-eu", ""],
    ["*", "a/b", ""],
    ["**", "a/b", "/"],
    ["https://git.example/*", "https://git.example/orders", "/"],
    ["https://git.example/**", "https://git.example/acme/orders", "/"],
    ["{orders,payments}", "payments", ""],
    ["{orders-*,{a,b}c}", "bc", ""],
    ["a{,b}", "ab", ""],
    ["orders-[abc]", "orders-b", ""],
    ["orders-[!abc]", "orders-d", ""],
    ["orders-[a-c]?", "orders-b1", ""],
    ["a[!x]b", "a/b", "/"],
    ["a\\*b", "a*b", ""],
    ["a}b,c", "a}b,c", ""],
    ["{a,b", "b", ""],
    ["a.b+(c)|d^$", "a.b+(c)|d^$", ""],
  ])("The pattern %s matches %s", (pattern, text, separators) => {
    expect(globMatches(pattern, text, separators)).toBe(true);
  });

  it.each([
    ["orders", "orders-eu", ""],
    ["*", "a/b", "/"],
    ["a?b", "a/b", "/"],
    ["{orders,payments}", "{orders,payments}", ""],
    ["orders-[abc]", "orders-d", ""],
    ["a.b", "axb", ""],
    ["", "a", ""],
  ])("The pattern %s does not match %s", (pattern, text, separators) => {
    expect(globMatches(pattern, text, separators)).toBe(false);
  });

  it.each(["[z-a]", "[a", "[]", "[!]", "[a-", "[a-cd]", "{a,[b}"])(
    "The pattern %s does not compile and matches nothing",
    (pattern) => {
      for (const text of ["a", "z", pattern]) expect(globMatches(pattern, text)).toBe(false);
    },
  );
});
