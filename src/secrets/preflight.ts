import type { Finding } from "../core/finding.ts";
import { copyObstacles } from "./copies.ts";
import { concerned, readerObstacles, type ProbedValues } from "./reader-obstacles.ts";
import { type Reader, readersIn } from "./readers.ts";
import { unseenReaders } from "./unseen-readers.ts";
import type { RotationWorld } from "./world.ts";

export interface Preflight {
  /** Those that the run changes. */
  readonly readers: readonly Reader[];
  readonly obstacles: readonly Finding[];
}

/** Who would get a new value in all regions, and what blocks it there. Changes nothing. */
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
