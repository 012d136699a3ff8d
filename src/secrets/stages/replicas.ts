import { formatDuration } from "../../core/duration.ts";
import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import { poll } from "../../core/poll.ts";
import { answerOf } from "../../core/gate.ts";
import type { Stage, StageContext } from "../../core/saga.ts";
import { describeSecret } from "../labels.ts";
import type { Payload } from "../payload.ts";
import type { Versions, RotationWorld } from "../world.ts";

const firstPauseMs = 1_000;
const longestPauseMs = 10_000;

/**
 * Waits for the replicas, to which Secrets Manager copies by itself: each must have the target's value before its
 * readers are updated.
 */
export function replicas(world: RotationWorld, { target }: Versions): Stage {
  const look = async (signal: AbortSignal): Promise<readonly Finding[]> =>
    replicaFindings(world, await world.payload(target, signal), signal);
  return {
    id: "replicas",
    title: "Compare the replicas",
    do: (at) => untilReplicated(world, at, () => look(at.signal)),
    verify: async ({ signal }) => answerOf(await look(signal)),
    undo: async () => undefined,
  };
}

/** Waits until the replicas have a version's value. Throws SECRET_REPLICA_BEHIND when the time limit is reached. */
export async function untilReplicated(
  { clock, patience }: RotationWorld,
  at: StageContext,
  look: () => Promise<readonly Finding[]>,
): Promise<void> {
  let behind: Finding | undefined;
  await poll({
    look: async () => {
      behind = (await look()).find((finding) => finding.severity !== "ok");
      return behind === undefined ? { found: true } : { waiting: `${behind.subject}: ${behind.summary}` };
    },
    patienceMs: patience.replicaMs,
    firstPauseMs,
    longestPauseMs,
    report: at.report,
    late: (waiting) =>
      new AppError("SECRET_REPLICA_BEHIND", `${waiting} (after ${formatDuration(patience.replicaMs)})`, {
        next: behind?.fix === undefined ? [] : [behind.fix],
      }),
    clock,
    signal: at.signal,
  });
}

/**
 * Returns what Secrets Manager reports about each replica, and for those in regions of gennet.yaml whether AWSCURRENT
 * is `expected`.
 */
export async function replicaFindings(
  world: RotationWorld,
  expected: Payload | undefined,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { secret, fingerprintKey } = world;
  const { replicas: all } = await describeSecret(world, signal);
  const fix = `aws secretsmanager describe-secret --secret-id ${secret} --region ${world.primary.awsRegion}`;
  return Promise.all(
    all.map(async ({ awsRegion, status, message }): Promise<Finding> => {
      const about = { id: "secrets/replicas", subject: `replica of ${secret} in ${awsRegion}` };
      if (status !== "InSync") {
        const summary = `${status}${message === undefined ? "" : `: ${message}`}`;
        return { ...about, severity: status === "Failed" ? "fail" : "warn", summary, fix };
      }
      const copy = world.replicas.find((each) => each.awsRegion === awsRegion);
      if (copy === undefined) return { ...about, severity: "ok", summary: "InSync; not a region of gennet.yaml" };
      const version = await copy.secrets.version(copy.arn, { stage: "AWSCURRENT" }, signal);
      const same = version?.value?.fingerprint(fingerprintKey) === expected?.text.fingerprint(fingerprintKey);
      if (same) return { ...about, severity: "ok", summary: "has the primary's value" };
      return { ...about, severity: "fail", summary: "has a different value than the primary", fix };
    }),
  );
}
