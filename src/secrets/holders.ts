import { mapBounded } from "../core/bounded.ts";
import { AppError } from "../core/error.ts";
import type { Finding } from "../core/finding.ts";
import { unknownBecause } from "../core/run-checks.ts";
import type { Consumer } from "../k8s/workloads/port.ts";
import { describeSecret, labelled } from "./labels.ts";
import { markedVersion } from "./mark.ts";
import type { Payload } from "./payload.ts";
import { type PodProof, provePods } from "./prove-pods.ts";
import { consumerName, consumersOf, type Reader, readersIn } from "./readers.ts";
import { straysOf } from "./strays.ts";
import type { Site, RotationWorld } from "./world.ts";
import { type Version, givenTo, givenBy } from "./expected.ts";

/** The value that a running pod has. */
export interface SecretHolder {
  /** The region's name in gennet.yaml. */
  readonly region: string;
  /** `Deployment shop/orders` */
  readonly workload: string;
  readonly pod: string;
  /** The current AWSCURRENT value, the AWSPREVIOUS value, another one, or unknown. */
  readonly holds: "current" | "previous" | "other" | "unknown";
}

/** A version by its label. */
interface Labelled {
  readonly id: string;
  readonly payload: Payload;
}

interface Labels {
  readonly current: Labelled | undefined;
  readonly previous: Labelled | undefined;
}

const workloadsAtOnce = 4;

/** Returns which running pod holds which value. What cannot be read becomes a finding, and does not hide the rest. */
export async function holdersOf(
  world: RotationWorld,
  signal: AbortSignal,
): Promise<{ readonly holders: readonly SecretHolder[]; readonly findings: readonly Finding[] }> {
  const findings: Finding[] = [];
  const orNone = async <T>(region: string | undefined, work: () => Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      const subject = region ?? `secret ${world.secret}`;
      findings.push({ id: "secrets/holders", ...(region && { region }), subject, ...unknownBecause(error) });
      return [];
    }
  };
  const versions = await orNone(undefined, () => labelledVersions(world, signal));
  const [current, previous] = versions;
  const sites = world.sites.map((site) =>
    orNone(site.name, async () => {
      const readers = await readersIn(site, world, signal);
      const labels = { current, previous };
      const found = await mapBounded(consumersOf(readers), workloadsAtOnce, (consumer) =>
        holdersIn(site, consumer, readers, labels, world, signal),
      );
      return [...found.flat(), ...(await strayHolders(site, readers, labels, world, signal))];
    }),
  );
  return { holders: (await Promise.all(sites)).flat(), findings };
}

async function labelledVersions(world: RotationWorld, signal: AbortSignal): Promise<readonly (Labelled | undefined)[]> {
  const description = await describeSecret(world, signal);
  const labels = ["AWSCURRENT", "AWSPREVIOUS"] as const;
  return Promise.all(
    labels.map(async (label) => {
      const id = labelled(description, label);
      const payload = id === undefined ? undefined : await world.payload(id, signal);
      return id === undefined || payload === undefined ? undefined : { id, payload };
    }),
  );
}

async function holdersIn(
  site: Site,
  consumer: Consumer,
  readers: readonly Reader[],
  labels: Labels,
  world: RotationWorld,
  signal: AbortSignal,
): Promise<readonly SecretHolder[]> {
  const pods = await site.workloads.pods(consumer, signal);
  const given = await givenTo(consumer, readers, versionsOf(labels), signal);
  const answers = await provePods(site, pods, given, world.fingerprintKey, signal);
  const workload = consumerName(consumer);
  return pods.map((pod) => {
    const holds = heldBy(answers.get(pod.name) ?? [], labels, markedVersion(world.secret, pod));
    return { region: site.name, workload, pod: pod.name, holds };
  });
}

/** Returns the pods that no restart of a workload replaces. */
async function strayHolders(
  site: Site,
  readers: readonly Reader[],
  labels: Labels,
  { fingerprintKey }: RotationWorld,
  signal: AbortSignal,
): Promise<readonly SecretHolder[]> {
  const strays = await straysOf(site, readers, signal);
  return mapBounded(strays, workloadsAtOnce, async ({ reader, pod }) => {
    const given = [await givenBy(reader, pod.uses, versionsOf(labels), signal)];
    const answers = await provePods(site, [pod], given, fingerprintKey, signal);
    const holds = heldBy(answers.get(pod.name) ?? [], labels, undefined);
    return { region: site.name, workload: pod.owner ?? "Pod", pod: pod.name, holds };
  });
}

function versionsOf({ current, previous }: Labels): readonly Version[] {
  return [
    ...(current === undefined ? [] : [{ is: current.payload, not: previous?.payload }]),
    ...(previous === undefined ? [] : [{ is: previous.payload, not: current?.payload }]),
  ];
}

/**
 * `answers` has an entry for each of the two versions that exist. A pod without an answer is identified by its mark.
 */
function heldBy(
  answers: readonly PodProof[],
  { current, previous }: Labels,
  marked: string | undefined,
): SecretHolder["holds"] {
  const isCurrent = current === undefined ? "unknown" : answers[0];
  const isPrevious = previous === undefined ? undefined : answers.at(-1);
  if (isCurrent === "same") return "current";
  if (isPrevious === "same") return "previous";
  if (isCurrent === "differs" && (isPrevious === undefined || isPrevious === "differs")) return "other";
  if (isCurrent !== "differs" && marked !== undefined && marked === current?.id) return "current";
  return isPrevious !== "differs" && marked !== undefined && marked === previous?.id ? "previous" : "unknown";
}
