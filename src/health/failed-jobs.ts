import { condition, controllerOf, type JobObject } from "./kube-objects.ts";

export interface FailedJob {
  readonly job: JobObject;
  readonly reason: string;
}

/** Jobs that failed for good. Of a CronJob only its newest finished run counts: what has been made good is past. */
export function failedJobs(jobs: readonly JobObject[]): FailedJob[] {
  const finished = jobs.filter((job) => isTrue(job, "Failed") || isTrue(job, "Complete"));
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

/** Whether a Job is over, well or not: its pods have nothing to say that the Job does not. */
export function isFinished(job: JobObject): boolean {
  return isTrue(job, "Failed") || isTrue(job, "Complete");
}

function isTrue(job: JobObject, type: string): boolean {
  return condition(job, type)?.status === "True";
}

/** What a Job is a run of: its CronJob, or only itself. */
function runOf(job: JobObject): string {
  const owner = controllerOf(job);
  const { namespace, name } = job.metadata;
  return owner?.kind === "CronJob" ? `CronJob ${namespace}/${owner.name}` : `Job ${namespace}/${name}`;
}

function startedAt(job: JobObject): string {
  return job.status?.startTime ?? job.metadata.creationTimestamp ?? "";
}
