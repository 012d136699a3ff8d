import { createHash } from "node:crypto";
import { eachBounded, mapBounded } from "../core/bounded.ts";
import type { Finding } from "../core/finding.ts";
import type { StageAt } from "../core/saga.ts";
import type { Consumer } from "../k8s/workloads/port.ts";
import { consumerName, consumersOf, type Reader } from "./readers.ts";
import { provePods } from "./prove-pods.ts";
import type { Site, World } from "./world.ts";

const restartsAtOnce = 4;

/**
 * The annotation of a pod template that says which version of a secret its pods were made with, and in which run. It
 * is written only after the Kubernetes Secret was seen to hold that version, so a pod that has it came after.
 */
export interface Mark {
  readonly annotation: string;
  readonly value: string;
}

export function markOf(secret: string, version: string, run: string): Mark {
  return { annotation: annotationOf(secret), value: `${version} ${run}` };
}

function annotationOf(secret: string): string {
  const readable = secret
    .replace(/[^A-Za-z0-9.-]+/g, ".")
    .slice(0, 50)
    .replace(/^[^A-Za-z0-9]+/, "");
  return `secrets.gennet.dev/${readable}-${createHash("sha256").update(secret).digest("hex").slice(0, 8)}`;
}

/** Has the workloads' pods made anew, where they were not yet, and waits for their rollouts. */
export async function restart(
  site: Site,
  consumers: readonly Consumer[],
  { annotation, value }: Mark,
  world: World,
  at: StageAt,
): Promise<void> {
  const patience = {
    patienceMs: world.patience.rolloutMs,
    tell: (detail: string) => at.tell(`${site.name}: ${detail}`),
  };
  await eachBounded(consumers, restartsAtOnce, async (consumer) => {
    if (consumer.annotations[annotation] !== value) {
      const name = `restart ${site.name}: ${consumerName(consumer)}`;
      await at.change(name, () => site.workloads.restart(consumer, { [annotation]: value }, at.signal));
    }
    await site.workloads.untilRolledOut(consumer, patience, at.signal);
  });
}

/** Whether the workloads' running pods were made for it, and hold what the Kubernetes Secrets hold. */
export async function consumerFindings(
  site: Site,
  readers: readonly Reader[],
  { annotation, value }: Mark,
  world: World,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  return mapBounded(consumersOf(readers), restartsAtOnce, async (consumer): Promise<Finding> => {
    const about = { id: "secrets/pods", region: site.name, subject: consumerName(consumer).toLowerCase() };
    const fix = `kubectl -n ${consumer.namespace} rollout restart ${consumer.kind.toLowerCase()} ${consumer.name}`;
    const pods = await site.workloads.pods(consumer, signal);
    const old = pods.filter((pod) => pod.annotations[annotation] !== value);
    if (consumer.annotations[annotation] !== value || old.length > 0) {
      return { ...about, severity: "fail", summary: `${old.length} of ${pods.length} pods are not made anew`, fix };
    }
    const own = readers.filter((reader) =>
      reader.consumers.some((each) => consumerName(each) === consumerName(consumer)),
    );
    const { differing, proven } = await provePods(site, consumer, own, pods, world.fingerprintKey, signal);
    if (differing.length > 0) {
      return { ...about, severity: "fail", summary: `holds another value in pod ${differing.join(", ")}`, fix };
    }
    const summary = `${pods.length} ${pods.length === 1 ? "pod has" : "pods have"} the value, ${proven.size} by its fingerprint`;
    const unready = pods.filter((pod) => !pod.ready);
    if (unready.length > 0) return { ...about, severity: "fail", summary: `${unready.length} pods are not ready`, fix };
    return { ...about, severity: "ok", summary, evidence: { pods: pods.length, byFingerprint: proven.size } };
  });
}
