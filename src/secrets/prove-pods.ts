import { mapBounded } from "../core/bounded.ts";
import type { SecretValue } from "../core/secret-value.ts";
import type { Consumer, ConsumerPod, SecretUse } from "../k8s/workloads/port.ts";
import type { Reader } from "./readers.ts";
import type { Site } from "./world.ts";

export interface PodProof {
  /** Pods that hold another value than the Kubernetes Secret. */
  readonly differing: readonly string[];
  /** Pods whose containers told all their values' fingerprints, by their names. */
  readonly proven: ReadonlySet<string>;
}

const podsAtOnce = 8;

interface Expected {
  readonly container: string;
  readonly as: SecretUse["as"];
  readonly at: string;
  readonly value: SecretValue;
}

/** Compares what the containers were given with the Kubernetes Secrets, by fingerprints that the containers make. */
export async function provePods(
  site: Site,
  consumer: Consumer,
  readers: readonly Pick<Reader, "external" | "kubeSecret">[],
  pods: readonly ConsumerPod[],
  key: string,
  signal: AbortSignal,
): Promise<PodProof> {
  const expected = (
    await Promise.all(
      readers.map(async ({ external, kubeSecret }) => {
        const secret = await site.externalSecrets.secret(external.namespace, kubeSecret, signal);
        const uses = await usesOf(site, consumer, kubeSecret, signal);
        return uses.flatMap((use) => expand(use, secret?.data ?? new Map()));
      }),
    )
  ).flat();
  const answers = await mapBounded(pods, podsAtOnce, (pod) => compare(site, pod, expected, key, signal));
  return {
    differing: pods.filter((_pod, at) => answers[at] === "differs").map((pod) => pod.name),
    proven: new Set(pods.filter((_pod, at) => answers[at] === "same").map((pod) => pod.name)),
  };
}

async function usesOf(site: Site, { kind, namespace, name }: Consumer, secret: string, signal: AbortSignal) {
  const all = await site.workloads.consumers(namespace, secret, signal);
  return all.find((each) => each.kind === kind && each.name === name)?.uses ?? [];
}

function expand(use: SecretUse, data: ReadonlyMap<string, SecretValue>): Expected[] {
  const { container, as } = use;
  if (use.key === undefined) return [...data].map(([key, value]) => ({ container, as, at: use.at + key, value }));
  const value = data.get(use.key);
  return value === undefined ? [] : [{ container, as, at: use.at, value }];
}

async function compare(
  site: Site,
  pod: ConsumerPod,
  expected: readonly Expected[],
  key: string,
  signal: AbortSignal,
): Promise<"same" | "differs" | "unknown"> {
  let proven = expected.length > 0;
  for (const container of new Set(expected.map((each) => each.container))) {
    const values = expected.filter((each) => each.container === container);
    const found = await site.workloads.fingerprints(pod, { container, values }, key, signal);
    if (found === undefined) proven = false;
    else if (values.some(({ value }, at) => found[at] !== undefined && found[at] !== value.fingerprint(key))) {
      return "differs";
    } else if (found.includes(undefined)) proven = false;
  }
  return proven ? "same" : "unknown";
}
