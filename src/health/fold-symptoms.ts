import type { Finding } from "../core/finding.ts";

const root = "cluster/eks";
/** Errors that affect every call to AWS, not only the first one. */
const ofAllAws = /^AWS_(CREDENTIALS_|UNREACHABLE$)/;

/**
 * Turns findings with the same cause into symptoms of one finding: an API server cannot be found if EKS has no such
 * cluster, or none that is running, and an AWS that does not answer is only reported once.
 */
export function foldSymptoms(findings: readonly Finding[]): readonly Finding[] {
  const cause = findings.find((finding) => finding.id === root && isRoot(finding));
  if (cause === undefined) return findings;
  const symptoms = new Set(findings.filter((finding) => isSymptom(finding, cause)).map((finding) => finding.id));
  return findings.map((finding) =>
    symptoms.has(finding.id) || symptoms.has(finding.cause ?? "")
      ? { ...finding, cause: root, causeSubject: cause.subject }
      : finding,
  );
}

function isRoot(finding: Finding): boolean {
  return finding.severity === "fail" || (finding.severity === "unknown" && ofAllAws.test(codeOf(finding)));
}

function isSymptom(finding: Finding, cause: Finding): boolean {
  if (finding.id === root || finding.severity !== "unknown") return false;
  return cause.severity === "fail" ? finding.id === "cluster/api" : codeOf(finding) === codeOf(cause);
}

function codeOf(finding: Finding): string {
  const code = finding.evidence?.["code"];
  return typeof code === "string" ? code : "";
}
