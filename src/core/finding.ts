import { combine, exit, type Exit } from "./exit.ts";

export type Severity = "ok" | "warn" | "fail" | "unknown" | "skip";

/** Why a finding is unknown decides the exit code: not allowed (4), not reachable (5), too slow (6). */
export type Obstacle = "denied" | "unreachable" | "timed-out";

/** One fact a check established about one subject. */
export interface Finding {
  /** The check's id, `area/fact`. */
  readonly id: string;
  readonly severity: Severity;
  /** The region's or context's name; absent for facts about this machine. */
  readonly region?: string;
  /** What it is about: `deployment shop/orders`, `node ip-10-0-1-17`. */
  readonly subject: string;
  readonly summary: string;
  /** The things it is about, by names that findings of other checks use too: `application argocd/orders`, `node n1`. */
  readonly about?: readonly string[];
  /** The command or action that fixes it. */
  readonly fix?: string;
  /** The command that runs the runbook for it, with its inputs. */
  readonly runbook?: string;
  /** The id of the finding this one is a symptom of: same thing, same source, same dependency. */
  readonly cause?: string;
  /** The subject of that finding, which tells it from others of its check. */
  readonly causeSubject?: string;
  readonly obstacle?: Obstacle;
  readonly evidence?: Readonly<Record<string, unknown>>;
  readonly durationMs?: number;
}

/** Whether one finding of a place is the cause of another. */
export function isCauseOf(cause: Finding, symptom: Finding): boolean {
  return symptom.cause === cause.id && symptom.causeSubject === cause.subject;
}

const obstacleExit: Record<Obstacle, Exit> = {
  denied: exit.denied,
  unreachable: exit.unreachable,
  "timed-out": exit.timedOut,
};

/** The exit code of a report. Unknown is never healthy: it is at least "unreachable or unknown". */
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

/** A place in a file. Lines and columns count from 1; the file is relative to the current folder. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A place in a file, or the file where the line is not known. */
export interface FileLocation {
  /** Relative to the current folder. */
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
}

/** A fact about something that is in a file. */
export interface LocatedFinding extends Finding {
  readonly location: FileLocation;
}

/** `FILE:LINE`, or the file alone. */
export function shownPlace({ file, line }: FileLocation): string {
  return line === undefined ? file : `${file}:${line}`;
}

/** `FILE:LINE:COLUMN`, or the file alone. */
export function exactPlace({ file, line, column }: FileLocation): string {
  return [file, ...(line === undefined ? [] : [line, column ?? 1])].join(":");
}

/** By file, line and column. */
export function byPlace({ location: one }: LocatedFinding, { location: other }: LocatedFinding): number {
  if (one.file !== other.file) return one.file < other.file ? -1 : 1;
  return (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0);
}
