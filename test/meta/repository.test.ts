import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { repository } from "../support/cli.ts";
import { sourceFolders, sourcesIn } from "../support/sources.ts";

const sources = sourceFolders
  .flatMap((folder) => sourcesIn(folder, ".ts"))
  .filter((source) => !source.path.endsWith(".test.ts"));
const tests = [...sourceFolders, "test"].flatMap((folder) => sourcesIn(folder, ".test.ts"));
const documents = [
  ...sourcesIn("docs", ".md"),
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map((path) => ({
    path,
    text: readFileSync(join(repository, path), "utf8"),
  })),
];

describe("source files", () => {
  it("Source files have at most 250 lines", () => {
    const long = sources.map((source) => [source.path, source.text.split("\n").length - 1] as const);
    expect(long.filter(([, lines]) => lines > 250)).toEqual([]);
  });

  it("Source files are named after their content, in kebab-case", () => {
    const named = sources.map((source) => source.path);
    expect(named.filter((path) => /(^|[/-])(utils?|helpers?|common|misc|managers?)([/.-]|$)/.test(path))).toEqual([]);
    expect(named.filter((path) => !/^(sandbox\/)?src(\/[a-z0-9]+(-[a-z0-9]+)*)+(\.run)?\.ts$/.test(path))).toEqual([]);
  });

  it("Source files contain no open tasks, and disable no linter rule for a whole file", () => {
    const open = /TODO|FIXME|XXX|HACK|not implemented|as any\b|@ts-ignore|@ts-expect-error|@ts-nocheck/;
    expect(sources.filter((source) => open.test(source.text)).map((source) => source.path)).toEqual([]);
  });

  it("Source files do not test whether they run in a sandbox", () => {
    const asks = /\b(isSandbox|inSandbox|sandboxMode)\b|GENNET_SANDBOX/i;
    const outside = sources.filter((source) => !/^(sandbox\/src|src\/commands\/sandbox)\//.test(source.path));
    expect(outside.filter((source) => asks.test(source.text)).map((source) => source.path)).toEqual([]);
  });
});

describe("test files", () => {
  it("Test files wait for no clock, mock no module, and focus on no test", () => {
    const forbidden = /\bsetTimeout\(|\bvi\.mock\(|\.(only|todo)\(|\b(it|test|describe)\.skip\(/;
    const offenders = tests.filter((test) => test.path !== "test/meta/repository.test.ts" && forbidden.test(test.text));
    expect(offenders.map((test) => test.path)).toEqual([]);
  });

  it("What unit tests share registers no hook when it is loaded: only the first file of a worker would get it", () => {
    const shared = sourcesIn("test/support", ".ts");
    const hooked = shared.filter(({ text }) => /^(before|after)(All|Each)\(/m.test(text));
    expect(shared.length).toBeGreaterThan(100);
    expect(hooked.map(({ path }) => path)).toEqual([]);
  });

  it("Test files belong to a tier that runs them", () => {
    const tiers =
      /^(src|sandbox\/src|test\/(meta|matrix|contract|acceptance|standalone|kit|soak|scenarios|aws|bench))\//;
    expect(tests.map((test) => test.path).filter((path) => !tiers.test(path))).toEqual([]);
  });
});

describe("documents", () => {
  it("Documents link only to existing files", () => {
    const broken = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map(([, target = ""]) => target)
        .filter((target) => !existsSync(join(repository, dirname(path), target)))
        .map((target) => `${path}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it("Decisions are numbered without gaps, each with its context, decision and consequences", () => {
    const records = sourcesIn("docs/adr", ".md");
    const numbers = records.map((record) => record.path.split("/").at(-1)?.slice(0, 5));
    expect(numbers).toEqual(records.map((_record, index) => `${String(index + 1).padStart(4, "0")}-`));
    const headings = ["Context", "Decision", "Consequences"];
    const lacking = records.filter((record) => headings.some((heading) => !record.text.includes(`\n## ${heading}\n`)));
    expect(lacking.map((record) => record.path)).toEqual([]);
  });
});
