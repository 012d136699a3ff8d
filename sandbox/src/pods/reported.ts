import { isDeepStrictEqual } from "node:util";
import type { PodStatus } from "./pod.ts";

/** Returns whether the stored status already contains all of a status; conditions of other writers are ignored. */
export function isReported(status: PodStatus, stored: PodStatus | undefined): boolean {
  return Object.entries(status).every(([field, value]) => {
    const known = stored?.[field];
    if (field !== "conditions") return isDeepStrictEqual(known, value);
    const have = (known ?? []) as readonly object[];
    return (value as readonly object[]).every((each) => have.some((other) => contains(other, each)));
  });
}

/** The server adds its own fields to a condition, including empty ones. */
function contains(stored: object, wanted: object): boolean {
  return Object.entries(wanted).every(([field, value]) => (stored as Record<string, unknown>)[field] === value);
}

/** Returns what the last status reported of each container. */
export function wasReady(name: string, stored: PodStatus | undefined): boolean {
  const statuses = ["containerStatuses", "initContainerStatuses"].flatMap(
    (field) => (stored?.[field] ?? []) as readonly { readonly name: string; readonly ready?: boolean }[],
  );
  return statuses.find((status) => status.name === name)?.ready === true;
}
