import { notVisible, type Readiness } from "../core/resource.ts";
import { healthSteps } from "./health-steps.ts";

/** What EKS reports of a cluster, or of a part of one. */
interface EksHealth {
  readonly arn: string;
  readonly status: string;
  readonly issues: readonly string[];
}

type Failure = Extract<Readiness, { readonly state: "failed" }>;

/** Returns the failure of what will not become ready by itself, with EKS's own reason. */
export function failureOf({ arn, status, issues }: EksHealth): Failure {
  const reason = `EKS reports ${status}: ${issues.join("; ") || "no reason"}`;
  return { state: "failed", reason, next: healthSteps(issues, arn) };
}

/** Returns what is waited for, with the health issues that EKS reports meanwhile. */
export function waitingFor(found: EksHealth | undefined): Readiness {
  if (found === undefined) return notVisible;
  const { arn, status, issues } = found;
  const detail = issues.length === 0 ? status : `${status} (${issues.join("; ")})`;
  return { state: "waiting", detail, next: healthSteps(issues, arn) };
}
