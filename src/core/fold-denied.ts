import type { Finding } from "./finding.ts";

/**
 * One missing right is one finding: the first check that lacks it says so, and the others that need the same right were
 * kept from an answer by it. They are told apart by the command that asks for the right.
 */
export function foldDenied(findings: readonly Finding[]): readonly Finding[] {
  const roots = new Map<string, Finding>();
  for (const finding of findings) {
    const key = keyOf(finding);
    if (key !== undefined && !roots.has(key)) roots.set(key, finding);
  }
  const causes = new Map<string, Finding>();
  const folded = findings.map((finding): Finding => {
    const root = roots.get(keyOf(finding) ?? "");
    if (root === undefined || root.id === finding.id) return finding;
    const { obstacle: _, fix: __, ...rest } = finding;
    causes.set(`${finding.id} ${finding.subject}`, root);
    return {
      ...rest,
      severity: "skip",
      summary: `not asked: ${root.summary}`,
      cause: root.id,
      causeSubject: root.subject,
    };
  });
  // What is a symptom of such a finding is one of the same right.
  return folded.map((finding) => {
    const root = causes.get(`${finding.cause} ${finding.causeSubject}`);
    return root === undefined ? finding : { ...finding, cause: root.id, causeSubject: root.subject };
  });
}

/** Undefined for what is no missing right, or one that is a symptom already. */
function keyOf({ severity, obstacle, cause, fix }: Finding): string | undefined {
  const isDenied = severity === "unknown" && obstacle === "denied" && cause === undefined;
  return isDenied && fix?.includes(" auth can-i ") === true ? fix : undefined;
}
