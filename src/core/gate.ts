import type { Finding } from "./finding.ts";

/** The answer to "may the work continue?". Unknown is no pass. */
export interface GateAnswer {
  readonly answer: "pass" | "fail" | "unknown";
  readonly findings: readonly Finding[];
}

/** A question that can be asked at any time before, during and after work. */
export interface Gate {
  /** What it is about, for people and records. */
  readonly id: string;
  evaluate(signal: AbortSignal): Promise<GateAnswer>;
}

/** What findings say together: one that fails decides, then one that is unknown. */
export function answerOf(findings: readonly Finding[]): GateAnswer {
  const has = (severity: Finding["severity"]): boolean => findings.some((finding) => finding.severity === severity);
  return { answer: has("fail") ? "fail" : has("unknown") ? "unknown" : "pass", findings };
}
