import type { Finding } from "../core/finding.ts";
import type { SecretPod } from "../k8s/workloads/port.ts";
import { holds } from "./holds.ts";
import { provePods } from "./prove-pods.ts";
import { consumersOf, type Reader } from "./readers.ts";
import type { Site, RotationWorld } from "./world.ts";
import { type Version, givenBy, kubeSecretOf } from "./expected.ts";

/** A running pod that gets the secret's values, and that no restart of a workload replaces. */
export interface Stray {
  readonly reader: Reader;
  readonly pod: SecretPod;
}

/** Returns the pods of Jobs and other controllers, and bare pods. */
export async function straysOf(site: Site, readers: readonly Reader[], signal: AbortSignal): Promise<readonly Stray[]> {
  const replaced = await Promise.all(consumersOf(readers).map((each) => site.workloads.pods(each, signal)));
  const names = new Set(replaced.flat().map(({ namespace, name }) => `${namespace}/${name}`));
  const using = readers.map(async (reader) => {
    const pods = await site.workloads.users(reader.external.namespace, reader.kubeSecret, signal);
    return pods.filter(({ namespace, name }) => !names.has(`${namespace}/${name}`)).map((pod) => ({ reader, pod }));
  });
  return (await Promise.all(using)).flat();
}

export function strayName({ pod: { namespace, name, owner } }: Stray): string {
  return `pod ${namespace}/${name}${owner === undefined ? "" : ` of ${owner}`}`;
}

/**
 * Returns whether each pod holds a version: by its fingerprint, or because it was created after its Secret was last
 * written.
 */
export async function strayFindings(
  site: Site,
  readers: readonly Reader[],
  version: Version,
  world: Pick<RotationWorld, "fingerprintKey">,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const strays = await straysOf(site, readers, signal);
  return Promise.all(
    strays.map(async (stray): Promise<Finding> => {
      const { reader, pod } = stray;
      const about = { id: "secrets/pods", region: site.name, subject: strayName(stray) };
      const given = [await givenBy(reader, pod.uses, [version], signal)];
      const answer = (await provePods(site, [pod], given, world.fingerprintKey, signal)).get(pod.name)?.[0];
      if (answer === "same") return { ...about, severity: "ok", summary: "has the value, by its fingerprint" };
      const fix = `${site.kubectl} -n ${pod.namespace} delete pod ${pod.name}  # when it may be stopped`;
      if (answer === "differs") return { ...about, severity: "fail", summary: "holds a different value", fix };
      const secret = await kubeSecretOf(reader, signal);
      const held = (await holds(reader, secret, version)).state === "held";
      if (held && secret?.writtenAt !== undefined && pod.createdAt > secret.writtenAt) {
        return { ...about, severity: "ok", summary: "is newer than its Secret" };
      }
      return {
        ...about,
        severity: "unknown",
        summary: "is older than its Secret, and its value cannot be checked",
        fix,
      };
    }),
  );
}
