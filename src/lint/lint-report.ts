import type { LocatedFinding } from "../core/finding.ts";

/** The answer of `gennet lint`. */
export interface LintReport {
  readonly kind: "LintReport";
  /** RFC 3339, UTC. */
  readonly generatedAt: string;
  readonly path: string;
  /** The number of files, and of Kubernetes objects in them. */
  readonly files: number;
  readonly objects: number;
  /** The number of files with unreadable parts: templates and invalid YAML. */
  readonly unread: number;
  /** By file, line and column. */
  readonly findings: readonly LintFinding[];
}

export interface LintFinding extends LocatedFinding {
  /** For a finding that is waived, and therefore skipped. */
  readonly waiver?: { readonly owner: string; readonly reason: string; readonly expires: string };
}
