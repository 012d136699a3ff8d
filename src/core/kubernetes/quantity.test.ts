import { expect, it } from "vitest";
import { quantityOf } from "./quantity.ts";

it.each([
  ["250m", 0.25],
  ["1500m", 1.5],
  ["64Mi", 67_108_864],
  ["12e6", 12_000_000],
  ["1E", 1e18],
  [".5", 0.5],
  ["0", 0],
  [2, 2],
])("The quantity %j is %d", (text, number) => {
  expect(quantityOf(text)).toBeCloseTo(number, 9);
});

it.each(["", "1.2.3", "1 Gi", "Mi", "1KB", "${MEMORY}", "e3", undefined])("A quantity is invalid: %j", (text) => {
  expect(quantityOf(text)).toBeUndefined();
});
