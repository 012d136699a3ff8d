import type { Finding } from "../core/finding.ts";
import { type Between, differs, holds, produced } from "./holds.ts";
import type { Payload } from "./payload.ts";
import { provePods } from "./prove-pods.ts";
import { consumerName, consumersOf, type Reader } from "./readers.ts";
import { straysOf, strayName } from "./strays.ts";
import type { RotationWorld } from "./world.ts";
import { givenTo, kubeSecretOf } from "./expected.ts";

/** The current values, and a value that one key, or the whole secret, might get: a rotation changes what differs. */
export interface ProbedValues {
  readonly current: Payload;
  /** AWSPREVIOUS, to recognise a Kubernetes Secret that has not been updated yet. */
  readonly previous: Payload | undefined;
  readonly probe: Payload;
}

/**
 * A pod that is younger than the last write of its Secret by this many seconds got what was written. All times are from
 * one API server's clock.
 */
const settledMs = 120_000;

/** The readers that a rotation would or might change. */
export async function concerned(
  readers: readonly Reader[],
  { current, probe }: ProbedValues,
): Promise<readonly Reader[]> {
  const between: Between = { is: probe, not: current };
  const told = await Promise.all(
    readers.map(async (reader) => {
      if (reader.doubt !== undefined || reader.pinned !== undefined) return true;
      return differs(reader, between);
    }),
  );
  return readers.filter((_reader, at) => told[at] === true);
}

/** Returns what would stop a new version on its way through the clusters, or make it impossible to verify. */
export async function readerObstacles(
  readers: readonly Reader[],
  subject: ProbedValues,
  world: Pick<RotationWorld, "fingerprintKey">,
  signal: AbortSignal,
): Promise<Finding[]> {
  const found = await Promise.all(readers.map((reader) => obstacleOf(reader, subject, signal)));
  const sites = [...new Set(readers.map(({ site }) => site))];
  const pods = sites.map(async (site): Promise<Finding[]> => {
    const own = readers.filter((reader) => reader.site === site);
    const blocked = consumersOf(own).flatMap((consumer): Finding[] => {
      if (consumer.blockedReason === undefined) return [];
      return [
        { ...about, region: site.name, subject: consumerName(consumer).toLowerCase(), summary: consumer.blockedReason },
      ];
    });
    const strays = (await straysOf(site, own, signal)).map((stray): Finding => {
      const summary = `it uses Secret ${stray.reader.kubeSecret}, and restarting workloads does not replace it`;
      const fix = `${site.kubectl} -n ${stray.pod.namespace} get pod ${stray.pod.name}  # wait until it has finished`;
      return { ...about, region: site.name, subject: strayName(stray), summary, fix };
    });
    const deceiving = await Promise.all(
      consumersOf(own).map((each) => deceivingPods(own, each, subject, world, signal)),
    );
    return [...blocked, ...strays, ...deceiving.flat()];
  });
  return [...found.flat(), ...(await Promise.all(pods)).flat()];
}

const about = { id: "secrets/rotatable", severity: "fail" } as const;

async function obstacleOf(
  reader: Reader,
  { current, previous, probe }: ProbedValues,
  signal: AbortSignal,
): Promise<Finding[]> {
  const { external, site, doubt, pinned } = reader;
  const { namespace, name, madeBy } = external;
  const base = { ...about, region: site.name, subject: `externalsecret ${namespace}/${name}` };
  const edit =
    madeBy === undefined
      ? `${site.kubectl} -n ${namespace} edit externalsecret ${name}`
      : `${site.kubectl} edit clusterexternalsecret ${madeBy}`;
  if (doubt !== undefined) return [{ ...base, summary: `it may read the secret: ${doubt}`, fix: edit }];
  if (external.blockedReason !== undefined) return [{ ...base, summary: external.blockedReason, fix: edit }];
  if (pinned !== undefined) {
    return [{ ...base, summary: `it reads the version ${pinned} instead of AWSCURRENT`, fix: edit }];
  }
  if (external.ready !== true) {
    const fix = `${site.kubectl} -n ${namespace} describe externalsecret ${name}`;
    return [
      { ...base, summary: `it is not ready: ${external.reason ?? "External Secrets has not processed it yet"}`, fix },
    ];
  }
  const made = await produced(reader, current);
  if ("untold" in made) return [{ ...base, summary: made.untold, fix: edit }];
  const secret = await kubeSecretOf(reader, signal);
  if (secret?.copiedBy !== undefined) {
    const fix = `${site.kubectl} -n ${namespace} describe secret ${reader.kubeSecret}`;
    return [{ ...base, summary: copied(reader.kubeSecret, secret.copiedBy), fix }];
  }
  for (const version of [current, previous]) {
    if (version === undefined) continue;
    if ((await holds(reader, secret, { is: version, not: probe })).state === "held") return [];
  }
  if (made.by !== undefined) {
    const summary = `${made.by} transforms the value beyond recognition, so it is impossible to verify that a new one has arrived`;
    return [{ ...base, summary, fix: edit }];
  }
  const summary = `its Secret ${reader.kubeSecret} holds neither the current value nor the previous one`;
  return [{ ...base, summary, fix: syncCommand(reader) }];
}

/**
 * Returns pods that were created after their Secret was written and still have another value: their fingerprints prove
 * nothing.
 */
async function deceivingPods(
  readers: readonly Reader[],
  consumer: Reader["consumers"][number],
  { current, previous, probe }: ProbedValues,
  { fingerprintKey }: Pick<RotationWorld, "fingerprintKey">,
  signal: AbortSignal,
): Promise<Finding[]> {
  const [reader] = readers;
  if (reader === undefined) return [];
  const { site } = reader;
  const pods = await site.workloads.pods(consumer, signal);
  const versions = [current, ...(previous === undefined ? [] : [previous])].map((is) => ({ is, not: probe }));
  const given = await givenTo(consumer, readers, versions, signal);
  const answers = await provePods(site, pods, given, fingerprintKey, signal);
  const written = await Promise.all(
    readers
      .filter(({ consumers }) => consumers.some((each) => consumerName(each) === consumerName(consumer)))
      .map(async (each) => (await kubeSecretOf(each, signal))?.writtenAt ?? Infinity),
  );
  const settled = Math.max(...written) + settledMs;
  const odd = pods.filter(
    (pod) => pod.createdAt > settled && answers.get(pod.name)?.every((each) => each === "differs"),
  );
  if (odd.length === 0) return [];
  const summary = `pod ${odd.map(({ name }) => name).join(", ")} is newer than its Secret but holds a different value: it comes from somewhere else`;
  return [{ ...about, region: site.name, subject: consumerName(consumer).toLowerCase(), summary }];
}

/** Returns why the users of a Kubernetes Secret's values are not known. */
export function copied(secret: string, by: string): string {
  return `${by} copies its Secret ${secret} into other namespaces, where gennet does not follow it`;
}

export function syncCommand({ site, external: { namespace, name } }: Pick<Reader, "site" | "external">): string {
  return `${site.kubectl} -n ${namespace} annotate externalsecret ${name} --overwrite force-sync=$(date +%s)`;
}
