import { eachBounded, mapBounded } from "../core/bounded.ts";
import type { Finding } from "../core/finding.ts";
import type { StageContext } from "../core/saga.ts";
import type { Consumer } from "../k8s/workloads/port.ts";
import { givenTo } from "./expected.ts";
import type { Between } from "./holds.ts";
import type { Mark } from "./mark.ts";
import { provePods } from "./prove-pods.ts";
import { consumerName, consumersOf, type Reader } from "./readers.ts";
import { strayFindings } from "./strays.ts";
import type { Site, RotationWorld } from "./world.ts";

const restartsAtOnce = 4;

/** Restarts the workloads that were not restarted yet, and waits for their rollouts. */
export async function restartWorkloads(
  site: Site,
  consumers: readonly Consumer[],
  { annotation, value }: Mark,
  world: RotationWorld,
  at: StageContext,
): Promise<void> {
  const patience = {
    patienceMs: world.patience.rolloutMs,
    report: (detail: string) => at.report(`${site.name}: ${detail}`),
  };
  await eachBounded(consumers, restartsAtOnce, async (consumer) => {
    if (consumer.annotations[annotation] !== value) {
      const name = `restart ${site.name}: ${consumerName(consumer)}`;
      await at.change(name, () => site.workloads.restart(consumer, { [annotation]: value }, at.signal));
    }
    await site.workloads.untilRolledOut(consumer, patience, at.signal);
  });
}

/**
 * Returns whether the workloads' running pods were created for a version, and hold what distinguishes it from the other
 * one.
 */
export async function consumerFindings(
  site: Site,
  readers: readonly Reader[],
  between: Between,
  { annotation, value }: Mark,
  world: RotationWorld,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const workloads = await mapBounded(consumersOf(readers), restartsAtOnce, async (consumer): Promise<Finding> => {
    const about = { id: "secrets/pods", region: site.name, subject: consumerName(consumer).toLowerCase() };
    const fix = restartCommand(site, consumer);
    const pods = await site.workloads.pods(consumer, signal);
    const old = pods.filter((pod) => pod.annotations[annotation] !== value);
    if (consumer.annotations[annotation] !== value || old.length > 0) {
      return { ...about, severity: "fail", summary: `${old.length} of ${pods.length} pods were not replaced`, fix };
    }
    const given = await givenTo(consumer, readers, [between], signal);
    const answers = await provePods(site, pods, given, world.fingerprintKey, signal);
    const named = (answer: string): string[] =>
      pods.map(({ name }) => name).filter((name) => answers.get(name)?.[0] === answer);
    const differing = named("differs");
    if (differing.length > 0) {
      return { ...about, severity: "fail", summary: `holds a different value in pod ${differing.join(", ")}`, fix };
    }
    const proven = named("same").length;
    const unready = pods.filter((pod) => !pod.ready);
    if (unready.length > 0) return { ...about, severity: "fail", summary: `${unready.length} pods are not ready`, fix };
    return {
      ...about,
      severity: "ok",
      summary: haveValue(pods.length, proven),
      evidence: evidence(pods.length, proven),
    };
  });
  return [...workloads, ...(await strayFindings(site, readers, between, world, signal))];
}

export function haveValue(pods: number, proven: number): string {
  return `${pods} ${pods === 1 ? "pod has" : "pods have"} the value, ${proven} by its fingerprint`;
}

export function evidence(pods: number, byFingerprint: number) {
  return { pods, byFingerprint };
}

export function restartCommand({ kubectl }: Site, { kind, namespace, name }: Consumer): string {
  return `${kubectl} -n ${namespace} rollout restart ${kind.toLowerCase()} ${name}`;
}
