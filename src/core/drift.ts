import { AppError } from "./error.ts";
import { isCovered } from "./operation.ts";
import { detailsOf, summaryOf } from "./operation-text.ts";
import type { Difference } from "./resource.ts";

/** Whether everything that is due now is in the plan; it may be less than planned. What was not possible was not planned. */
export function isPartOf(planned: Difference | undefined, now: Difference): boolean {
  const possible = planned === undefined || planned.obstacle !== undefined ? [] : planned.operations;
  return now.operations.every((operation) => isCovered(operation, possible));
}

export function drifted(subject: string, planned: Difference | undefined, now: Difference): AppError {
  const inWords = (difference: Difference): string => [summaryOf(difference), ...detailsOf(difference)].join(", ");
  const before = planned === undefined ? "nothing" : inWords(planned);
  return new AppError("PLAN_DRIFTED", `${subject}: the plan is "${before}", but now it would be "${inWords(now)}".`, {
    next: ["gennet region plan  # shows what has to be done now"],
  });
}
