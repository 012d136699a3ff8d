import type { JobObject } from "./kube-objects.ts";
import { condition, controllerOf, hasCondition } from "../core/kubernetes/object.ts";

export interface FailedJob {
  readonly job: JobObject;
  readonly reason: string;
}

/**
 * Returns the Jobs that failed permanently. For a CronJob, only the newest finished run counts, because a later success
 * resolves the failure.
 */
export function failedJobs(jobs: readonly JobObject[]): FailedJob[] {
  const finished = jobs.filter(isFinished);
  const newest = new Map<string, JobObject>();
  for (const job of finished) {
    const run = runOf(job);
    const known = newest.get(run);
    if (known === undefined || startedAt(job) > startedAt(known)) newest.set(run, job);
  }
  return [...newest.values()].flatMap((job) => {
    const failed = condition(job, "Failed");
    return failed?.status === "True" ? [{ job, reason: `${failed.reason ?? "failed"}: ${failed.message ?? ""}` }] : [];
  });
}

/** Returns whether a Job has finished, successfully or not: then its pods add nothing to what the Job reports. */
export function isFinished(job: JobObject): boolean {
  return hasCondition(job, "Failed") || hasCondition(job, "Complete");
}

/** Returns what a Job is a run of: its CronJob, or only itself. */
function runOf(job: JobObject): string {
  const owner = controllerOf(job);
  const { namespace, name } = job.metadata;
  return owner?.kind === "CronJob" ? `CronJob ${namespace}/${owner.name}` : `Job ${namespace}/${name}`;
}

function startedAt(job: JobObject): string {
  return job.status?.startTime ?? job.metadata.creationTimestamp ?? "";
}
