import { shownPlace } from "../../src/core/finding.ts";
import { closureOf, rootsOf } from "../../src/lint/kustomization.ts";
import { lintReportOf } from "../../src/lint/lint.ts";
import type { LintFinding } from "../../src/lint/lint-report.ts";
import { parseFiles, type ReadTree } from "../../src/lint/read-tree.ts";
import { kustomizationsIn } from "../../src/lint/units.ts";
import { isWaiverFile } from "../../src/lint/waiver-files.ts";
import { builtInMemory } from "./built-in-memory.ts";

export interface LintFilesOptions {
  readonly only?: readonly string[];
  /** The date for the expiry of waivers. */
  readonly on?: string;
}

/** Lints in-memory files, by their paths. */
export function lintFiles(files: Readonly<Record<string, string>>, options: LintFilesOptions = {}): LintFinding[] {
  return lintRead(readInMemory(files), options);
}

/** Lints a tree that was read. */
export function lintRead(read: ReadTree, { only = [], on = "2026-01-02" }: LintFilesOptions = {}): LintFinding[] {
  return [...lintReportOf(read, { only, skip: [] }, Date.parse(`${on}T03:04:05Z`)).findings];
}

function readInMemory(contents: Readonly<Record<string, string>>): ReadTree {
  const sources = Object.entries(contents).map(([file, content]) => ({ file, content }));
  const files = parseFiles(sources.filter(({ file }) => !isWaiverFile(file)));
  const byPath = new Map(files.map((file) => [file.file, file]));
  const all = kustomizationsIn(files);
  const builds = rootsOf(all).map((root) => {
    return [root.folder, builtInMemory(root, closureOf(root, all), byPath)] as const;
  });
  return {
    path: ".",
    files,
    passedOver: [],
    borrowed: [],
    waivers: sources.filter(({ file }) => isWaiverFile(file)),
    variables: new Map(),
    builds: new Map(builds),
  };
}

/** Returns `FILE:LINE SEVERITY ID: SUMMARY`, for short expectations. */
export function told(findings: readonly LintFinding[]): string[] {
  return findings.map(({ id, severity, summary, location }) => `${shownPlace(location)} ${severity} ${id}: ${summary}`);
}
