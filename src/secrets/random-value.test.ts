import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { givenValue, randomValue } from "./random-value.ts";

it("A random value has letters and digits with equal probability, in the requested length", () => {
  const text = randomValue(62_000, randomBytes).reveal();
  expect(text).toMatch(/^[A-Za-z0-9]{62000}$/);
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  expect(counts.size).toBe(62);
  // Eight standard deviations: 2e-15 for each of 62 letters.
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(8 * Math.sqrt(1_000));
});

it("A random value skips bytes that would make a letter more likely", () => {
  const bytes = [255, 248, 247, 0, 61];
  expect(randomValue(3, () => Uint8Array.from(bytes)).reveal()).toBe("9A9");
});

it("A given value is used without the end of its line", () => {
  expect(givenValue("a b\r\n").reveal()).toBe("a b");
  expect(givenValue("a\n\n").reveal()).toBe("a\n");
  expect(() => givenValue("\n")).toThrow("empty");
});
