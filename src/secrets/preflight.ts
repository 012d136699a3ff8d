import type { Finding } from "../core/finding.ts";
import { copyObstacles } from "./copies.ts";
import { isNamed } from "./identity.ts";
import { concerned, type ProbedValues, readerObstacles } from "./reader-obstacles.ts";
import { type Reader, readersIn } from "./readers.ts";
import type { RotationWorld, Site } from "./world.ts";

export interface Preflight {
  /** The ExternalSecrets that the run changes. */
  readonly readers: readonly Reader[];
  readonly obstacles: readonly Finding[];
}

/** Returns which readers would get a new value in all regions, and what blocks it there. Changes nothing. */
export async function preflight(world: RotationWorld, subject: ProbedValues, signal: AbortSignal): Promise<Preflight> {
  const all = await Promise.all(world.sites.map((site) => readersIn(site, world, signal)));
  const readers = await concerned(all.flat(), subject);
  const [own, copies] = await Promise.all([
    readerObstacles(readers, subject, world, signal),
    Promise.all(world.sites.map((site) => copyObstacles(site, readers, world, signal))),
  ]);
  const unseen = await Promise.all(world.sites.map((site) => unseenReaders(site, world, signal)));
  return { readers, obstacles: [...own, ...copies.flat(), ...unseen.flat()] };
}

const id = "secrets/readers";

/**
 * Returns what reads the secret directly from AWS, as far as the cluster shows it: pods that mount it through the
 * Secrets Store CSI driver. gennet does not follow which value they have, or how long they keep it.
 */
export async function unseenReaders(
  { name: region, kubectl, workloads }: Site,
  { identity }: Pick<RotationWorld, "identity">,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const classes = await workloads.providerClasses(signal);
  return classes.flatMap(({ namespace, name, keys }): Finding[] => {
    const about = { id, severity: "unknown", region, subject: `secretproviderclass ${namespace}/${name}` } as const;
    const fix = `${kubectl} -n ${namespace} describe secretproviderclass ${name}`;
    if (keys === undefined) return [{ ...about, summary: "it may read the secret: its objects cannot be parsed", fix }];
    if (!keys.some((key) => isNamed(key, identity))) return [];
    const summary = "pods that mount it read the secret directly from AWS, which gennet does not follow";
    return [{ ...about, summary, fix }];
  });
}

/** The finding when nothing in the clusters is known to read the secret: that proves nothing about its users. */
export function noReader(secret: string): Finding {
  const summary = "no ExternalSecret in these clusters reads it: what uses its value is unknown";
  return { id, severity: "unknown", subject: `secret ${secret}`, summary };
}
