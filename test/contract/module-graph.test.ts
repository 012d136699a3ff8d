import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repository } from "../support/cli.ts";
import { nonEmpty } from "../support/non-empty.ts";

interface Chunk {
  readonly fileName: string;
  readonly entry: string | null;
  readonly files: readonly string[];
  /** Everything that is loaded with it: other chunks, and built-in modules of Node. */
  readonly imports: readonly string[];
}

const chunks = JSON.parse(readFileSync(join(repository, "dist/meta.json"), "utf8")) as Chunk[];

/** The source files that are loaded together with these: their imports, without lazy ones. */
function loadedWith(...entries: string[]): string[] {
  const open = chunks.filter(({ entry }) => entry !== null && entries.includes(entry));
  expect(open).toHaveLength(entries.length);
  const seen = new Set(open);
  for (const { imports } of seen) {
    for (const chunk of chunks) if (imports.includes(chunk.fileName)) seen.add(chunk);
  }
  return [...seen].flatMap(({ files }) => files);
}

const builtin = new Set(builtinModules);

function packagesOf(files: readonly string[]): string[] {
  const names = files.map((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].toSorted();
}

describe("what start-up loads", () => {
  it("--version loads nothing but the package's own description", () => {
    expect(loadedWith("src/gennet.ts")).toEqual(["package.json", "src/gennet.ts"]);
  });

  it("--help loads chalk and the core, and neither the parser nor a declaration of a command", () => {
    const files = loadedWith("src/gennet.ts", "src/main.ts", "src/host/process-host.ts");
    expect(packagesOf(files)).toEqual(["chalk"]);
    const own = files.filter((file) => file.startsWith("src/"));
    const cheap = /^src\/(core|view|host)\/|^src\/(gennet|main|help-tree)\.ts$/;
    expect(nonEmpty(own).filter((file) => !cheap.test(file))).toEqual([]);
  });
});

describe("what gennet status loads", () => {
  it("gennet status loads no runbook and no parser of Markdown before it has a finding", () => {
    const files = loadedWith("src/commands/status/status.run.ts");
    expect(files).toContain("src/commands/runbook/runbook-hints.run.ts");
    expect(files.filter((file) => /^src\/runbooks\/|\/(mdast|micromark)[\w-]*\/|\/zod\//.test(file))).toEqual([]);
  });
});

describe("what gennet explain loads", () => {
  it("gennet explain loads what it prints, and no check", () => {
    const files = loadedWith("src/commands/explain/explain.run.ts");
    expect(files).toContain("src/commands/explain/explained.run.ts");
    expect(files.filter((file) => /^src\/(health|lint|doctor|catalog)\//.test(file))).toEqual([]);
    expect(packagesOf(files)).toEqual([]);
  });
});

describe("what ships", () => {
  it("The package has no dependency to install", () => {
    const { dependencies } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
      dependencies?: unknown;
    };
    expect(dependencies).toBeUndefined();
  });

  it("The bundle imports nothing but built-in modules of Node", () => {
    const texts = chunks.map(({ fileName }) => readFileSync(join(repository, "dist", fileName), "utf8"));
    // A message of the AWS SDK contains an import in brackets.
    const named = texts.flatMap((text) => [...text.matchAll(/(?<!\[)\brequire\("([^"]+)"\)/g)]);
    const outside = named.map(([, name = ""]) => name).filter((name) => !name.startsWith("."));
    const foreign = outside.filter((name) => !builtin.has(name.replace(/^node:/, "")));
    // ws, pg and debug try to load these, and work without them.
    const tried = ["bufferutil", "pg-native", "supports-color", "utf-8-validate"];
    expect(outside.length).toBeGreaterThan(foreign.length);
    expect([...new Set(foreign)].toSorted()).toEqual(tried);
  });
});
