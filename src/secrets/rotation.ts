import type { Facts } from "../core/journal.ts";
import type { Stage } from "../core/saga.ts";
import type { SagaRun } from "../core/saga-run.ts";
import type { SecretValue } from "../core/secret-value.ts";
import { pending, settled } from "./stages/pending.ts";
import { promote } from "./stages/promote.ts";
import { remember } from "./stages/remember.ts";
import { replicas } from "./stages/replicas.ts";
import { restart } from "./stages/restart.ts";
import { syncSecrets } from "./stages/sync.ts";
import type { Versions, RotationWorld } from "./world.ts";

/** What a run does: rotate to a new version, or return to the previous one. */
export type RotationKind = "rotate" | "rollback";

/** What the journal keeps of a run, so that a later process can continue it. */
export interface RotationFacts {
  readonly kind: RotationKind;
  readonly before: string;
  readonly target: string;
  readonly previous?: string;
  /** The key of the JSON object whose value is rotated. */
  readonly key?: string;
  /** Where the new value comes from: it can be generated again, or the user has to provide it again. */
  readonly source: "random" | "given" | "stored";
}

/**
 * Returns the stages of a run. They are rolled back from the last to the first: record which readers have the new value
 * (sync), return AWSCURRENT (promote), restore the old value for every reader that got the new one (remember), then
 * remove the new version's labels (pending). Therefore `remember` comes after `pending`, and both before `promote`.
 */
export function stagesOf(
  world: RotationWorld,
  versions: Versions,
  kind: RotationKind,
  newText: (signal: AbortSignal) => Promise<SecretValue>,
): readonly Stage[] {
  const sites = [...world.sites].sort((a, b) => a.wave - b.wave);
  const through = [
    remember(world, versions),
    promote(world, versions),
    replicas(world, versions),
    syncSecrets(world, versions),
    ...sites.map((site) => restart(site, world, versions)),
  ];
  if (kind === "rollback") return through;
  return [pending(world, versions, newText), ...through, settled(world, versions)];
}

export function toFacts({ kind, before, target, previous, key, source }: RotationFacts): Facts {
  return { kind, before, target, previous: previous ?? null, key: key ?? null, source };
}

export function factsOf({ facts }: Pick<SagaRun, "facts">): RotationFacts {
  const text = (name: string): string | undefined => {
    const fact = facts[name];
    return typeof fact === "string" ? fact : undefined;
  };
  const previous = text("previous");
  const key = text("key");
  return {
    kind: text("kind") === "rollback" ? "rollback" : "rotate",
    before: text("before") ?? "",
    target: text("target") ?? "",
    ...(previous === undefined ? {} : { previous }),
    ...(key === undefined ? {} : { key }),
    source: (text("source") ?? "random") as RotationFacts["source"],
  };
}
