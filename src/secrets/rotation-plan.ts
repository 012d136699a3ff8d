import type { SecretValue } from "../core/secret-value.ts";
import { type Reader, readersIn } from "./readers.ts";
import type { RotationFacts } from "./rotation.ts";
import { type SecretRotation, toRegions } from "./rotation-report.ts";
import { withValue } from "./subject.ts";
import { affected } from "./stages/sync.ts";
import { noReader } from "./preflight.ts";
import type { RotationWorld } from "./world.ts";

/** Returns what a run is going to do, in the form of its report. */
export function planOf(
  world: RotationWorld,
  before: string,
  readers: readonly Reader[],
  { kind, key }: Pick<RotationFacts, "kind" | "key">,
): SecretRotation {
  return {
    kind: "SecretRotation",
    secret: world.secret,
    does: kind,
    ...(key === undefined ? {} : { key }),
    outcome: "pending",
    versions: { before },
    regions: toRegions(world, readers),
    stages: [],
    findings: readers.length === 0 ? [noReader(world.secret)] : [],
  };
}

/** Returns the readers that the run changes, or all of them if one of its versions is gone. */
export async function readersOf(
  world: RotationWorld,
  { before, target, key }: RotationFacts,
  value: SecretValue | undefined,
  signal: AbortSignal,
): Promise<readonly Reader[]> {
  const [current, stored] = [await world.payload(before, signal), await world.payload(target, signal)];
  const next = stored ?? (value && current && withValue(current, key, value));
  const between = next && current && { is: next, not: current };
  const found = world.sites.map((site) =>
    between === undefined ? readersIn(site, world, signal) : affected(site, world, between, signal),
  );
  return (await Promise.all(found)).flat();
}
