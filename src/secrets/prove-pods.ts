import type { ExpectedUses } from "./expected.ts";
import { mapBounded } from "../core/bounded.ts";
import type { SecretValue } from "../core/secret-value.ts";
import type { ConsumerPod, SecretUse } from "../k8s/workloads/port.ts";
import type { KubeData } from "./expected.ts";
import type { Site } from "./world.ts";

/** Whether a pod holds a version, according to fingerprints computed in its containers. */
export type PodProof = "same" | "differs" | "unknown";

const podsAtOnce = 8;

interface Expected {
  readonly container: string;
  readonly as: SecretUse["as"];
  readonly at: string;
  readonly contested: boolean;
  /** One for each version. */
  readonly values: readonly (SecretValue | undefined)[];
}

/** Returns an answer for each version, by the pod's name. */
export async function provePods(
  site: Site,
  pods: readonly ConsumerPod[],
  given: readonly ExpectedUses[],
  key: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly PodProof[]>> {
  const count = Math.max(0, ...given.map(({ versions }) => versions.length));
  const places = given.flatMap(({ uses, versions }) => uses.flatMap((use) => expand(use, versions)));
  // A place that the spec does not define cannot be checked.
  const hidden = given.some(({ uses }) => uses.some(({ at }) => at === undefined));
  const answers = await mapBounded(
    pods,
    podsAtOnce,
    async (pod) => [pod.name, await compare(site, pod, places, { count, hidden }, key, signal)] as const,
  );
  return new Map(answers);
}

function expand({ container, as, at, key, hidden, contested = false }: SecretUse, versions: readonly KubeData[]) {
  if (at === undefined) return [];
  const keys = key === undefined ? new Set(versions.flatMap((data) => [...data.keys()])) : [key];
  return [...keys].flatMap((each): Expected[] => {
    const place = key === undefined ? at + each : at;
    const values = versions.map((data) => data.get(each));
    const elsewhere = hidden?.has(place) === true || values.every((value) => value === undefined);
    return elsewhere ? [] : [{ container, as, at: place, contested, values }];
  });
}

async function compare(
  site: Site,
  pod: ConsumerPod,
  places: readonly Expected[],
  { count, hidden }: { readonly count: number; readonly hidden: boolean },
  key: string,
  signal: AbortSignal,
): Promise<readonly PodProof[]> {
  const seen: { readonly place: Expected; readonly found: string | undefined }[] = [];
  for (const container of new Set(places.map((each) => each.container))) {
    const values = places.filter((each) => each.container === container);
    const found = await site.workloads.fingerprints(pod, { container, values }, key, signal);
    seen.push(...values.map((place, at) => ({ place, found: found?.[at] })));
  }
  return Array.from({ length: count }, (_none, version): PodProof => {
    const own = seen.filter(({ place }) => place.values[version] !== undefined);
    const same = ({ place, found }: (typeof seen)[number]): boolean =>
      place.values[version]?.fingerprint(key) === found;
    if (own.some((each) => each.found !== undefined && !each.place.contested && !same(each))) return "differs";
    return own.length > 0 && !hidden && own.every(same) ? "same" : "unknown";
  });
}
