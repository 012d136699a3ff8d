import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repository } from "../support/cli.ts";

interface Output {
  readonly entryPoint?: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
}

const { outputs } = JSON.parse(readFileSync(join(repository, "dist/meta.json"), "utf8")) as {
  outputs: Record<string, Output>;
};

/** The source files that are loaded together with these: what they import, without what they import lazily. */
function loadedWith(...entries: string[]): string[] {
  const open = Object.keys(outputs).filter((path) => entries.includes(outputs[path]?.entryPoint ?? ""));
  expect(open).toHaveLength(entries.length);
  const seen = new Set(open);
  for (const path of seen) {
    for (const each of outputs[path]?.imports ?? []) {
      if (each.kind === "import-statement" && each.external !== true) seen.add(each.path);
    }
  }
  return [...seen].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));
}

const builtin = new Set(builtinModules);

function packagesOf(files: readonly string[]): string[] {
  const names = files.map((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].toSorted();
}

describe("what start-up loads", () => {
  it("for --version: nothing but the package's own description", () => {
    expect(loadedWith("src/gennet.ts")).toEqual(["src/gennet.ts", "package.json"]);
  });

  it("for --help: commander and chalk, declarations and the core", () => {
    const files = loadedWith("src/gennet.ts", "src/main.ts", "src/host/process-host.ts");
    expect(packagesOf(files)).toEqual(["chalk", "commander"]);
    const own = files.filter((file) => file.startsWith("src/"));
    const cheap = /^src\/(core|view|host|commands)\/|^src\/(gennet|main|program|context)\.ts$/;
    expect(own.filter((file) => !cheap.test(file) || file.endsWith(".run.ts"))).toEqual([]);
  });
});

describe("what ships", () => {
  it("has no dependency that is installed", () => {
    const { dependencies } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
      dependencies?: unknown;
    };
    expect(dependencies).toBeUndefined();
  });

  it("loads nothing from outside but Node's own modules", () => {
    const external = Object.values(outputs).flatMap((output) =>
      output.imports.filter((each) => each.external === true),
    );
    const foreign = external.map((each) => each.path).filter((path) => !builtin.has(path.replace(/^node:/, "")));
    // ws, node-fetch, pg and debug try these, and do without them.
    const tried = ["bufferutil", "encoding", "pg-native", "supports-color", "utf-8-validate"];
    expect([...new Set(foreign)].toSorted()).toEqual(tried);
  });
});
