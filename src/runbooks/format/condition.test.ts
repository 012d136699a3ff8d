import { expect, it } from "vitest";
import { holds, parseCondition } from "./condition.ts";

it.each([
  ["text == ok", "ok\n", true],
  ["text == ok", "  ok\r\n", true],
  ["text != ok", "ok\n", false],
  ["text ~ ^ok$", "ok\n", true],
  ["text < 5", "", false],
  ["text < 5", " \n", false],
  ["text >= 0", "\n", false],
  ["text < 5", "4\n", true],
  ["text < 5", "four", false],
  ["count < 5", "", false],
  ["count <= 0", " ", false],
  ["count <= 0", "0", true],
  ["/a < 5", null, false],
  ["/a < 5", [], false],
  ["/a == ok", "ok\n", false],
])("The condition %s on %j: %j", (condition, found, expected) => {
  expect(holds(parseCondition(condition), found)).toBe(expected);
});
