import { Chalk } from "chalk";
import { array, assert, integer, property, string, tuple } from "fast-check";
import { describe, expect, it } from "vitest";
import { effort } from "../../test/support/effort.ts";
import { table } from "./table.ts";

const head = ["REGION", "API", "VERSION", "EKS", "NODE GROUPS", "NODES", "WORKLOADS", "TIME"];
const rows = [
  ["eu-west-1", "reachable", "v1.37.2", "ACTIVE", "2/2", "6/6", "41/42", "312ms"],
  ["a-region-with-a-very-long-name-of-its-account", "unreachable", "?", "?", "?", "?", "?", "15.0s"],
];
const lines = (text: string): string[] => text.split("\n");
const widest = (text: string): number => Math.max(...lines(text).map((line) => line.length));

describe("a table", () => {
  it("A table is as wide as necessary if nothing has to fit: in a pipe, and with -o wide", () => {
    const text = table(head, rows, { columns: Infinity });
    expect(lines(text)[2]).toContain("a-region-with-a-very-long-name-of-its-account  unreachable");
    expect(text).not.toContain("…");
  });

  it("A table is truncated in its widest columns if the terminal is narrower", () => {
    const text = table(head, rows, { columns: 80 });
    expect(lines(text)).toHaveLength(3);
    expect(widest(text)).toBeLessThanOrEqual(80);
    expect(lines(text)[1]).toMatch(/^eu-west-1 +reachable +v1\.37\.2 +ACTIVE +2\/2 +6\/6 +41\/42 +312ms$/);
    expect(lines(text)[2]).toMatch(/^a-region-[a-z-]*… +unreachable/);
  });

  it("A table becomes a block for each row if it still does not fit", () => {
    const text = table(head, rows, { columns: 40 });
    expect(widest(text)).toBeLessThanOrEqual(40);
    expect(lines(text).slice(0, 3)).toEqual(["eu-west-1", "  API          reachable", "  VERSION      v1.37.2"]);
    expect(text).toContain("a-region-with-a-very-long-name-of-its-a…");
  });

  it("A table keeps the colour of a truncated cell, and ends it", () => {
    const chalk = new Chalk({ level: 1 });
    const text = table(["A"], [[chalk.red("abcdefghij")]], { columns: 8 });
    expect(text).toBe("A\n\u001b[31mabcdefg…\u001b[39m");
  });

  it("A table fits every terminal that has room for its columns, whatever is in the cells", () => {
    const cell = string({ unit: "grapheme-ascii", maxLength: 60 });
    assert(
      property(array(tuple(cell, cell, cell), { minLength: 1 }), integer({ min: 30, max: 200 }), (cells, columns) => {
        expect(widest(table(["ONE", "TWO", "THREE"], cells, { columns }))).toBeLessThanOrEqual(columns);
      }),
      effort({ daily: 100, nightly: 20_000, seed: 1 }),
    );
  });
});
