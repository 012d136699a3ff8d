import { describe, expect, it } from "vitest";
import { emptyComparisons } from "../support/empty-comparisons.ts";
import { sourceFolders, sourcesIn } from "../support/sources.ts";

const tests = [...sourceFolders.flatMap((folder) => sourcesIn(folder, ".test.ts")), ...sourcesIn("test", ".ts")];

it("No test passes because it compared nothing", () => {
  expect(tests.flatMap(emptyComparisons)).toEqual([]);
});

describe("the test for comparisons of nothing", () => {
  it.each([
    "for (const each of found) expect(each).toBe(1);",
    "for (const each of [...found]) expect(each).toBe(1);",
    "for await (const each of [1]) expect(each).toBe(1);",
    "for (let at = 0; at < count; at++) expect(at).toBe(1);",
    "found.forEach((each) => expect(each).toBe(1));",
    "if (found) expect(found).toBe(1);",
    "found && expect(found).toBe(1);",
    "try { go(); } catch (error) { expect(error).toBe(1); }",
    'it.concurrent("a", async () => expect(1).toBe(2));',
    "expect(found.every(isOne)).toBe(true);",
    "expect(found).toEqual(found);",
    "expect(found).toMatchObject({});",
    'it.each(found.filter(isOne))("%s", () => undefined);',
  ])("The test for comparisons of nothing reports: %s", (text) => {
    expect(emptyComparisons({ path: "a.ts", text })).toMatchObject([expect.stringMatching(/^a\.ts:1: /)]);
  });

  it.each([
    "for (const each of nonEmpty(found)) expect(each).toBe(1);",
    "for (const each of [1, 2]) expect(each).toBe(1);",
    "const found = [1]; for (const [at, each] of found.entries()) expect(each).toBe(at);",
    "expect(found).toHaveLength(2); for (const each of found) expect(each).toBe(1);",
    "expect(count).toBeGreaterThan(2); for (let at = 0; at < count - 1; at++) expect(at).toBe(1);",
    "for (let at = 0; at < 2; at++) expect(at).toBe(1);",
    "expect([1, 2].every(isOne)).toBe(true);",
    'it.concurrent("a", async ({ expect }) => expect(1).toBe(2));',
    'it.each(nonEmpty(found.filter(isOne)))("%s", () => undefined);',
  ])("The test for comparisons of nothing does not report: %s", (text) => {
    expect(emptyComparisons({ path: "a.ts", text })).toEqual([]);
  });
});
