import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { isNode, LineCounter, parseDocument, type Document } from "yaml";
import type { z } from "zod";
import { AppError } from "../core/error.ts";
import { platformSchema, type Platform } from "./schema.ts";

export const platformFile = "gennet.yaml";

/** Finds, reads and validates gennet.yaml. Throws CONFIG_NOT_FOUND, or CONFIG_INVALID with FILE:LINE:COLUMN. */
export async function loadPlatform(cwd: string, named: string | undefined): Promise<Platform> {
  const { path, text } = await findPlatform(cwd, named);
  return parsePlatform(text, relative(cwd, path) || path);
}

async function findPlatform(cwd: string, named: string | undefined): Promise<{ path: string; text: string }> {
  if (named !== undefined) {
    const path = join(cwd, named);
    const absolute = named.startsWith("/") ? named : path;
    const text = await readIfThere(absolute);
    if (text === undefined) throw notFound(`There is no file ${named}.`);
    return { path: absolute, text };
  }
  for (let folder = cwd; ; folder = dirname(folder)) {
    const path = join(folder, platformFile);
    const text = await readIfThere(path);
    if (text !== undefined) return { path, text };
    if (dirname(folder) === folder) throw notFound(`There is no ${platformFile} in this folder or above it.`);
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function notFound(message: string): AppError {
  return new AppError("CONFIG_NOT_FOUND", message, {
    next: ["gennet init   writes one", "--config FILE   names one", "--context NAME   works on a cluster without one"],
  });
}

/** Reads the text of a gennet.yaml; `shownAs` is the file's name in messages. */
export function parsePlatform(text: string, shownAs: string): Platform {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${shownAs}:${line}:${col}`;
  };
  const [syntax] = document.errors;
  if (syntax !== undefined) throw invalid([`${at(syntax.pos[0])}: ${syntax.message}`]);

  const result = platformSchema.safeParse(document.toJS());
  if (!result.success) {
    throw invalid(result.error.issues.flatMap((issue) => describe(issue, document, at)));
  }
  const doubled = duplicates(result.data, document, at);
  if (doubled.length > 0) throw invalid(doubled);
  return result.data;
}

function describe(issue: z.core.$ZodIssue, document: Document, at: (offset: number) => string): string[] {
  const path = issue.path as (string | number)[];
  const where = path.length === 0 ? "the file" : path.join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `${at(offsetOf(document, [...path, key], true))}: unknown key "${key}" in ${where}`);
  }
  const expected = issue.code === "invalid_format" || issue.code === "custom" ? `expected ${issue.message}` : issue.message;
  return [`${at(offsetOf(document, path, false))}: ${where}: ${expected}`];
}

function duplicates(platform: Platform, document: Document, at: (offset: number) => string): string[] {
  const seen = new Set<string>();
  return platform.regions.flatMap((region, index) => {
    if (!seen.has(region.name)) {
      seen.add(region.name);
      return [];
    }
    const offset = offsetOf(document, ["regions", index, "name"], false);
    return [`${at(offset)}: regions.${index}.name: expected a name of its own, "${region.name}" is already taken`];
  });
}

/** Where a path stands in the text; where it is missing, its nearest parent that is there. */
function offsetOf(document: Document, path: readonly (string | number)[], ofKey: boolean): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const prefix = path.slice(0, depth);
    if (ofKey && depth === path.length) {
      const parent = document.getIn(prefix.slice(0, -1), true) as { items?: { key?: unknown }[] } | undefined;
      const pair = parent?.items?.find((item) => isNode(item.key) && String(item.key) === String(path.at(-1)));
      if (isNode(pair?.key) && pair.key.range) return pair.key.range[0];
    }
    const node = depth === 0 ? document.contents : document.getIn(prefix, true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function invalid(problems: readonly string[]): AppError {
  return new AppError("CONFIG_INVALID", problems.join("\n       "), {
    next: ["gennet explain CONFIG_INVALID", "docs/reference/gennet-yaml.md lists every key"],
  });
}
