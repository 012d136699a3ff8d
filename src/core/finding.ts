import { combine, exit, type Exit } from "./exit.ts";

export type Severity = "ok" | "warn" | "fail" | "unknown" | "skip";

/**
 * The reason for an unknown finding decides the exit code: misconfigured (2), denied (4), unreachable (5), too slow (6),
 * in conflict with what exists (7).
 */
export type Obstacle = "misconfigured" | "denied" | "unreachable" | "timed-out" | "conflict";

/** One fact that a check established about one subject. */
export interface Finding {
  /** The check's id, `area/fact`. */
  readonly id: string;
  readonly severity: Severity;
  /** The name of the region or context; absent for facts about this machine. */
  readonly region?: string;
  /** The subject: `deployment shop/orders`, `node ip-10-0-1-17`. */
  readonly subject: string;
  readonly summary: string;
  /**
   * The objects that the finding is about, by names that other checks use too: `application argocd/orders`, `node n1`.
   */
  readonly about?: readonly string[];
  /** The command or action that fixes it. */
  readonly fix?: string;
  /** The command that runs the runbook for it, with its inputs. */
  readonly runbook?: string;
  /** The id of the finding that this one is a symptom of: same subject, same source, same dependency. */
  readonly cause?: string;
  /** The subject of that finding, which distinguishes it from others of the same check. */
  readonly causeSubject?: string;
  readonly obstacle?: Obstacle;
  readonly evidence?: Readonly<Record<string, unknown>>;
  readonly durationMs?: number;
}

/** Returns whether one finding of a place is the cause of another. */
export function isCauseOf(cause: Finding, symptom: Finding): boolean {
  return symptom.cause === cause.id && symptom.causeSubject === cause.subject;
}

const obstacleExit: Record<Obstacle, Exit> = {
  misconfigured: exit.usage,
  denied: exit.denied,
  unreachable: exit.unreachable,
  "timed-out": exit.timedOut,
  conflict: exit.conflict,
};

/** Returns the exit code of a report. Unknown is never healthy: it results in at least "unreachable or unknown". */
export function exitOf(findings: readonly Finding[], strict: boolean): Exit {
  return combine(
    findings.map((finding) => {
      if (finding.severity === "fail") return exit.unhealthy;
      if (finding.severity === "unknown") return obstacleExit[finding.obstacle ?? "unreachable"];
      if (finding.severity === "warn" && strict) return exit.warnings;
      return exit.ok;
    }),
  );
}

/** Returns a finding of something that is the same every time, such as a plan. */
export function withoutDuration(finding: Finding): Finding {
  const { durationMs: _, ...rest } = finding;
  return rest;
}

/** A place in a file. Lines and columns count from 1; the file is relative to the current folder. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A place in a file; without a line if that is not known. */
export interface FileLocation {
  /** Relative to the current folder. */
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
}

/** A fact about something in a file. */
export interface LocatedFinding extends Finding {
  readonly location: FileLocation;
}

/** Returns `FILE:LINE`, or only the file. */
export function shownPlace({ file, line }: FileLocation): string {
  return line === undefined ? file : `${file}:${line}`;
}

/** Returns `FILE:LINE:COLUMN`, or only the file. */
export function exactPlace({ file, line, column }: FileLocation): string {
  return [file, ...(line === undefined ? [] : [line, column ?? 1])].join(":");
}

/** Compares by file, line and column. */
export function byPlace({ location: one }: LocatedFinding, { location: other }: LocatedFinding): number {
  if (one.file !== other.file) return one.file < other.file ? -1 : 1;
  return (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0);
}
