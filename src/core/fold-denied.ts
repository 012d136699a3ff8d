import type { Finding } from "./finding.ts";

/**
 * Reports each missing permission once, for the first check that lacks it; the other checks that need the same
 * permission become symptoms of that finding. Permissions are distinguished by the `can-i` command that the findings
 * suggest.
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
  // A symptom of such a finding lacks the same permission.
  return folded.map((finding) => {
    const root = causes.get(`${finding.cause} ${finding.causeSubject}`);
    return root === undefined ? finding : { ...finding, cause: root.id, causeSubject: root.subject };
  });
}

/** Undefined if no permission is missing, or if the finding is already a symptom. */
function keyOf({ severity, obstacle, cause, fix }: Finding): string | undefined {
  const isDenied = severity === "unknown" && obstacle === "denied" && cause === undefined;
  return isDenied && fix?.includes(" auth can-i ") === true ? fix : undefined;
}
