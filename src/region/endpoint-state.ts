import type { VpcEndpoint } from "../aws/ec2/port.ts";
import { type Readiness, ready, notVisible } from "../core/resource.ts";

const failedStates: readonly string[] = ["failed", "rejected", "expired"];
const goneStates: readonly string[] = ["deleting", "deleted"];

/** Returns whether an endpoint works, or soon will. */
export function isLiving({ state }: VpcEndpoint): boolean {
  return !failedStates.includes(state) && !goneStates.includes(state);
}

export function isFailed({ state }: VpcEndpoint): boolean {
  return failedStates.includes(state);
}

export function isDeleting({ state }: VpcEndpoint): boolean {
  return state === "deleting";
}

/** Returns the readiness of an endpoint, from those that live and those that failed. */
export function readinessOf(living: VpcEndpoint | undefined, failed: readonly VpcEndpoint[]): Readiness {
  if (living?.state === "available") return ready;
  if (living !== undefined) return { state: "waiting", detail: living.state };
  const [first] = failed;
  if (first === undefined) return notVisible;
  return { state: "failed", reason: first.failure ?? `AWS reports that it ${first.state}` };
}
