import { expect, it } from "vitest";
import { rangeContains, rangesOverlap } from "./ip-range.ts";

it.each([
  ["10.0.0.0/16", "10.0.128.0/17", true],
  ["10.0.128.0/17", "10.0.0.0/16", true],
  ["10.0.0.0/16", "10.1.0.0/16", false],
  ["10.0.0.0/16", "9.255.0.0/16", false],
  ["10.0.5.7/16", "10.0.200.0/24", true],
  ["0.0.0.0/0", "192.0.2.1", true],
])("%s and %s overlap: %s", (one, other, overlap) => expect(rangesOverlap(one, other)).toBe(overlap));

it.each([
  ["0.0.0.0/0", "255.255.255.255", true],
  ["192.0.2.0/24", "192.0.2.255", true],
  ["192.0.2.0/24", "192.0.3.0", false],
  ["10.0.128.0/17", "10.0.0.0/16", false],
])("%s contains %s: %s", (outer, inner, contains) => expect(rangeContains(outer, inner)).toBe(contains));
