import { mapBounded } from "../core/bounded.ts";
import type { Finding } from "../core/finding.ts";
import type { ConsumerPod } from "../k8s/workloads/port.ts";
import { evidence, haveValue, restartCommand } from "./consumers.ts";
import { holds } from "./holds.ts";
import type { Payload } from "./payload.ts";
import { provePods } from "./prove-pods.ts";
import { copied, syncCommand } from "./reader-obstacles.ts";
import { consumerName, consumersOf, type Reader, readersIn } from "./readers.ts";
import { replicaFindings } from "./stages/replicas.ts";
import { strayFindings } from "./strays.ts";
import type { Site, RotationWorld } from "./world.ts";
import { givenTo, kubeSecretOf } from "./expected.ts";
import { unseenReaders, noReader } from "./preflight.ts";

const podsAtOnce = 4;

/** The result of `gennet secrets verify`: what has the AWSCURRENT value, and what has another. */
export interface SecretVerification {
  readonly kind: "SecretVerification";
  readonly secret: string;
  /** The id of the AWSCURRENT version. */
  readonly version: string;
  readonly findings: readonly Finding[];
}

interface Texts {
  readonly current: Payload;
  readonly previous: Payload | undefined;
}

/** Compares the replicas, the Kubernetes Secrets and the running pods with AWSCURRENT. Changes nothing. */
export async function verifySecret(
  world: RotationWorld,
  texts: Texts,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const sites = world.sites.map(async (site) => {
    const readers = await readersIn(site, world, signal);
    const secrets = await Promise.all(readers.map((reader) => secretFinding(reader, texts, signal)));
    const followed = readers.filter(({ own }) => own.size > 0);
    const strays = await strayFindings(site, followed, { is: texts.current, not: undefined }, world, signal);
    const held = new Set(readers.filter((_reader, at) => secrets[at]?.severity === "ok"));
    const pods = await podFindings(site, followed, held, texts, world, signal);
    const unseen = await unseenReaders(site, world, signal);
    return [...secrets, ...(await copyFindings(followed, signal)), ...pods, ...strays, ...unseen];
  });
  const found = (await Promise.all(sites)).flat();
  const nothing = found.length === 0 ? [noReader(world.secret)] : [];
  return [...(await replicaFindings(world, texts.current, signal)), ...found, ...nothing];
}

/** Reports Kubernetes Secrets that are copied: readers of the copies are not checked. */
async function copyFindings(readers: readonly Reader[], signal: AbortSignal): Promise<readonly Finding[]> {
  const found = await Promise.all(
    readers.map(async (reader): Promise<Finding[]> => {
      const by = (await kubeSecretOf(reader, signal))?.copiedBy;
      if (by === undefined) return [];
      const subject = `secret ${reader.external.namespace}/${reader.kubeSecret}`;
      const summary = copied(reader.kubeSecret, by);
      return [{ id: "secrets/readers", severity: "unknown", region: reader.site.name, subject, summary }];
    }),
  );
  return found.flat();
}

async function secretFinding(reader: Reader, { current, previous }: Texts, signal: AbortSignal): Promise<Finding> {
  const { site, external, kubeSecret, doubt, pinned } = reader;
  const about = { id: "secrets/synced", region: site.name, subject: `secret ${external.namespace}/${kubeSecret}` };
  if (doubt !== undefined)
    return { ...about, severity: "unknown", summary: `its ExternalSecret may read the secret: ${doubt}` };
  if (reader.own.size === 0) {
    return {
      ...about,
      severity: "warn",
      summary: `its ExternalSecret reads the version ${pinned} instead of AWSCURRENT`,
    };
  }
  const secret = await kubeSecretOf(reader, signal);
  // Compares everything if possible; of a template's output, only what differs from the previous version can be
  // compared.
  const whole = await holds(reader, secret, { is: current });
  const held =
    whole.state === "held" || previous === undefined
      ? whole
      : await holds(reader, secret, { is: current, not: previous });
  const before =
    held.state !== "held" && previous !== undefined
      ? await holds(reader, secret, { is: previous, not: current })
      : undefined;
  const describe = `${site.kubectl} -n ${external.namespace} describe externalsecret ${external.name}`;
  const unready = `its ExternalSecret is not ready: ${external.reason ?? "External Secrets has not processed it yet"}`;
  if (held.state === "held" && external.ready === true && whole.state !== "lacks") {
    return { ...about, severity: "ok", summary: "holds the AWSCURRENT value" };
  }
  if (external.ready !== true) {
    const what = held.state === "held" ? "holds the AWSCURRENT value, but " : "";
    const severity = external.ready === false ? "fail" : "unknown";
    return { ...about, severity, summary: what + unready, fix: describe };
  }
  const fix = syncCommand(reader);
  if (before?.state === "held") return { ...about, severity: "fail", summary: "holds the AWSPREVIOUS value", fix };
  if (held.state === "unknown") return { ...about, severity: "unknown", summary: held.why, fix: describe };
  return { ...about, severity: "fail", summary: "does not hold the AWSCURRENT value", fix };
}

function podFindings(
  site: Site,
  readers: readonly Reader[],
  held: ReadonlySet<Reader>,
  { current, previous }: Texts,
  world: RotationWorld,
  signal: AbortSignal,
): Promise<Finding[]> {
  const whole = { is: current, not: undefined };
  const versions = previous === undefined ? [whole] : [whole, { is: previous, not: current }];
  return mapBounded(consumersOf(readers), podsAtOnce, async (consumer): Promise<Finding> => {
    const name = consumerName(consumer);
    const about = { id: "secrets/pods", region: site.name, subject: name.toLowerCase() };
    const fix = restartCommand(site, consumer);
    const own = readers.filter((reader) => reader.consumers.some((each) => consumerName(each) === name));
    const pods = await site.workloads.pods(consumer, signal);
    const given = await givenTo(consumer, own, versions, signal);
    const answers = await provePods(site, pods, given, world.fingerprintKey, signal);
    const differing = pods.filter((pod) => answers.get(pod.name)?.[0] === "differs");
    if (differing.length > 0) {
      const old = differing.every((pod) => answers.get(pod.name)?.[1] === "same") ? "the AWSPREVIOUS" : "another";
      const summary = `holds ${old} value in pod ${differing.map((pod) => pod.name).join(", ")}`;
      return { ...about, severity: "fail", summary, fix };
    }
    const proven = pods.filter((pod) => answers.get(pod.name)?.[0] === "same");
    const older = await olderThanSecret(own, held, pods, signal);
    const unclear = pods.filter((pod) => !proven.includes(pod) && older.has(pod.name));
    if (unclear.length > 0) {
      const summary = `${unclear.length} of ${pods.length} pods are older than their Secret, and their value cannot be checked`;
      return { ...about, severity: "unknown", summary, fix };
    }
    const summary = haveValue(pods.length, proven.length);
    return { ...about, severity: "ok", summary, evidence: evidence(pods.length, proven.length) };
  });
}

/**
 * Returns the pods that were created before one of their Secrets was last written, or all if one does not hold the
 * value.
 */
async function olderThanSecret(
  readers: readonly Reader[],
  held: ReadonlySet<Reader>,
  pods: readonly ConsumerPod[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const written = await Promise.all(
    readers.map(async (reader) => (held.has(reader) ? (await kubeSecretOf(reader, signal))?.writtenAt : undefined)),
  );
  const last = written.some((at) => at === undefined) ? Infinity : Math.max(...written.map((at) => at ?? 0));
  return new Set(pods.filter((pod) => pod.createdAt < last).map((pod) => pod.name));
}
