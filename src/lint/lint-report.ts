import type { LocatedFinding } from "../core/finding.ts";

/** What `gennet lint` answers. */
export interface LintReport {
  readonly kind: "LintReport";
  /** RFC 3339, UTC. */
  readonly generatedAt: string;
  readonly path: string;
  /** How many files were read, and how many Kubernetes objects they hold. */
  readonly files: number;
  readonly objects: number;
  /** How many of the files hold something that could not be read: templates, and what is broken. */
  readonly unread: number;
  /** By file, line and column. */
  readonly findings: readonly LintFinding[];
}

export interface LintFinding extends LocatedFinding {
  /** Of a finding that is waived, and therefore skipped. */
  readonly waiver?: { readonly owner: string; readonly reason: string; readonly expires: string };
}
