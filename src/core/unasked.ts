import { AppError } from "./error.ts";
import type { Difference } from "./resource.ts";
import type { ResourceNode } from "./resource-graph.ts";

/**
 * Returns what is due of a resource that gennet.yaml does not ask for, and that these credentials may not read: nothing,
 * but it is not gone either. So a platform without databases needs no permission to read some. Undefined for any other
 * error, and for what gennet.yaml asks for.
 */
export function unaskedAndDenied<W>(
  { resource, world }: Pick<ResourceNode<W>, "resource" | "world">,
  error: unknown,
): Difference | undefined {
  if (!(error instanceof AppError) || error.code !== "AWS_DENIED" || resource.wanted?.(world) !== false)
    return undefined;
  const reason = `gennet.yaml does not ask for it, and whether it exists is unknown: ${error.message}`;
  return { operations: [], obstacle: { kind: "deferred", reason } };
}
