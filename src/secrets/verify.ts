import { mapBounded } from "../core/bounded.ts";
import type { Finding } from "../core/finding.ts";
import type { Consumer, ConsumerPod } from "../k8s/workloads/port.ts";
import { holds } from "./holds.ts";
import type { Payload } from "./payload.ts";
import { provePods } from "./prove-pods.ts";
import { consumerName, consumersOf, type Reader, readersIn } from "./readers.ts";
import { replicaFindings } from "./stages/replicas.ts";
import type { Site, World } from "./world.ts";

const podsAtOnce = 4;

/** What `gennet secrets verify` answers: who has the AWSCURRENT value, and who has another. */
export interface SecretVerification {
  readonly kind: "SecretVerification";
  readonly secret: string;
  /** The AWSCURRENT version's id. */
  readonly version: string;
  readonly findings: readonly Finding[];
}

/** Compares the replicas, the Kubernetes Secrets and the running pods with AWSCURRENT. Changes nothing. */
export async function verifySecret(
  world: World,
  current: Payload,
  previous: Payload | undefined,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const sites = world.sites.map(async (site) => {
    const readers = await readersIn(site, world, undefined, signal);
    const secrets = await Promise.all(readers.map((reader) => secretFinding(reader, current, previous, world, signal)));
    return [...secrets, ...(await podFindings(site, readers, world, signal))];
  });
  return [...(await replicaFindings(world, current, signal)), ...(await Promise.all(sites)).flat()];
}

async function secretFinding(
  reader: Reader,
  current: Payload,
  previous: Payload | undefined,
  world: World,
  signal: AbortSignal,
): Promise<Finding> {
  const { site, external, kubeSecret } = reader;
  const about = { id: "secrets/synced", region: site.name, subject: `secret ${external.namespace}/${kubeSecret}` };
  const made = external.sources.find(({ landing }) => landing.as === "made")?.landing;
  if (made?.as === "made" && previous === undefined) {
    const summary = `${made.by} makes its values, and there is no version before to tell them apart by`;
    return { ...about, severity: "unknown", summary };
  }
  const secret = await site.externalSecrets.secret(external.namespace, kubeSecret, signal);
  if (holds(reader, secret, { is: current, not: previous ?? current }, world.fingerprintKey)) {
    return { ...about, severity: "ok", summary: "holds the AWSCURRENT value" };
  }
  const why = external.ready === true ? "" : `: ${external.reason ?? "External Secrets has not seen it yet"}`;
  const fix = `kubectl -n ${external.namespace} annotate externalsecret ${external.name} --overwrite force-sync=$(date +%s)`;
  return { ...about, severity: "fail", summary: `does not hold the AWSCURRENT value${why}`, fix };
}

function podFindings(site: Site, readers: readonly Reader[], world: World, signal: AbortSignal): Promise<Finding[]> {
  return mapBounded(consumersOf(readers), podsAtOnce, async (consumer): Promise<Finding> => {
    const name = consumerName(consumer);
    const about = { id: "secrets/pods", region: site.name, subject: name.toLowerCase() };
    const fix = `kubectl -n ${consumer.namespace} rollout restart ${consumer.kind.toLowerCase()} ${consumer.name}`;
    const own = readers.filter((reader) => reader.consumers.some((each) => consumerName(each) === name));
    const pods = await site.workloads.pods(consumer, signal);
    const { differing, proven } = await provePods(site, consumer, own, pods, world.fingerprintKey, signal);
    if (differing.length > 0) {
      const summary = `holds another value than its Secret in pod ${differing.join(", ")}`;
      return { ...about, severity: "fail", summary, fix };
    }
    const older = await olderThanSecret(site, consumer, own, pods, signal);
    const unclear = pods.filter((pod) => !proven.has(pod.name) && older.has(pod.name));
    if (unclear.length > 0) {
      const summary = `${unclear.length} of ${pods.length} pods are older than their Secret, and cannot tell their value`;
      return { ...about, severity: "unknown", summary, fix };
    }
    const summary = `${pods.length} ${pods.length === 1 ? "pod has" : "pods have"} the value, ${proven.size} by its fingerprint`;
    return { ...about, severity: "ok", summary, evidence: { pods: pods.length, byFingerprint: proven.size } };
  });
}

/** Pods that were made before one of their Secrets was last written, both by the API server's clock. */
async function olderThanSecret(
  site: Site,
  { namespace }: Consumer,
  readers: readonly Reader[],
  pods: readonly ConsumerPod[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const written = await Promise.all(
    readers.map(
      async ({ kubeSecret }) => (await site.externalSecrets.secret(namespace, kubeSecret, signal))?.writtenAt,
    ),
  );
  const last = written.some((at) => at === undefined) ? Infinity : Math.max(...written.map((at) => at ?? 0));
  return new Set(pods.filter((pod) => pod.createdAt < last).map((pod) => pod.name));
}
