import { lint } from "../../src/lint/lint.ts";
import type { LintFinding } from "../../src/lint/lint-report.ts";

export interface LintFilesOptions {
  readonly only?: readonly string[];
  /** A day; waivers are laid over what is found on it. */
  readonly on?: string;
}

/** Lints files that are in memory, by their paths. */
export function lintFiles(files: Readonly<Record<string, string>>, options: LintFilesOptions = {}): LintFinding[] {
  const sources = Object.entries(files).map(([file, content]) => ({ file, content }));
  const now = Date.parse(`${options.on ?? "2026-01-02"}T03:04:05Z`);
  return [...lint(sources, { only: options.only ?? [], skip: [] }, now).findings];
}

/** `FILE:LINE SEVERITY ID: SUMMARY`, for short expectations. */
export function told(findings: readonly LintFinding[]): string[] {
  return findings.map(
    ({ id, severity, summary, location }) => `${location.file}:${location.line} ${severity} ${id}: ${summary}`,
  );
}
