import type { Application, ApplicationResource, OperationState } from "./port.ts";

/** Whether a sync window holds an operation that has begun. */
export function isHeld({ phase, message }: Pick<OperationState, "phase" | "message">): boolean {
  const inProgress = phase === "Running" || phase === "Terminating";
  return inProgress && message.startsWith("Sync operation blocked by sync window");
}

/** Whether an operation is between two tries: it failed, and Argo CD tries again. */
export function isPausing({ phase, finishedAt }: Pick<OperationState, "phase" | "finishedAt">): boolean {
  return phase === "Running" && finishedAt !== undefined;
}

/** A hook is not compared: it is in Git, and runs when its sync does. */
export function isDiffering({ sync, hook }: ApplicationResource): boolean {
  return sync === "OutOfSync" && !hook;
}

/** Conditions that keep Argo CD from knowing what an Application should be. */
const errors = new Set(["ComparisonError", "InvalidSpecError", "UnknownError"]);

/** Why what Git holds for an Application cannot be read, in Argo CD's words. */
export function sourceProblem({ conditions }: Pick<Application, "conditions">): string | undefined {
  return conditions.find(({ type }) => errors.has(type))?.message.replaceAll(/\s+/g, " ");
}
