import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { shippedFolder } from "../folders.ts";
import { buildTags, type ModuleName } from "./catalogue.ts";

/** A Go module of sandbox/: its go.mod and go.sum are the only place that defines the versions of its programs. */
export interface ProgramModule {
  readonly name: ModuleName;
  readonly folder: string;
  /** Identifies the compiled programs: equal digests mean equal programs. */
  readonly digest: string;
  /** The minimum Go version that compiles it, `1.26.0`. */
  readonly go: string;
  /** The import paths of its `tool` lines. */
  readonly tools: readonly string[];
  /** The version of a module that it requires, `v1.37.2`. */
  versionOf(module: string): string;
}

export async function readModule(name: ModuleName): Promise<ProgramModule> {
  const folder = shippedFolder(name);
  const sources = (await readdir(folder)).filter((file) => file.endsWith(".go")).sort();
  const texts = await Promise.all(["go.mod", "go.sum", ...sources].map((file) => readFile(join(folder, file), "utf8")));
  const digest = createHash("sha256")
    .update([`${platform()}/${arch()}`, ...texts, ...(buildTags[name] ?? [])].join("\n"))
    .digest("hex")
    .slice(0, 16);
  return { name, folder, digest, ...parseGoMod(texts[0] ?? "") };
}

export function parseGoMod(text: string): Pick<ProgramModule, "go" | "tools" | "versionOf"> {
  const go = /^go (\S+)$/m.exec(text)?.[1];
  const tools = [...text.matchAll(/^tool (?:\(\n([^)]*)\)|(\S+))$/gm)].flatMap(([, block, single]) =>
    (block ?? single ?? "").trim().split(/\s+/),
  );
  if (go === undefined || tools.length === 0) throw new Error("a go.mod of sandbox/ lacks its go or its tool line");
  return {
    go,
    tools,
    versionOf: (module) => {
      const line = text.split("\n").find((each) => each.replace(/^\s*(require )?/, "").startsWith(`${module} v`));
      const version = / (v\S+)/.exec(line ?? "")?.[1];
      if (version === undefined) throw new Error(`a go.mod of sandbox/ does not require ${module}`);
      return version;
    },
  };
}
