import type { Check } from "../core/check.ts";
import type { Path } from "./fields.ts";
import type { Manifest } from "./manifest.ts";
import type { Tree } from "./tree.ts";
import type { Unit } from "./unit.ts";

/** What there is to say of a rule without asking it. */
export interface RuleFacts extends Pick<Check<never>, "id" | "title" | "explain"> {
  readonly severity: "fail" | "warn" | "unknown";
  /** What fixes it, unless an observation knows better. */
  readonly fix: string;
}

/** One question about every unit of a tree. What it says of an object that is uncertain becomes unknown. */
export interface Rule extends RuleFacts {
  examine(unit: Unit, tree: Tree): readonly Observation[];
}

export interface Observation {
  readonly manifest: Manifest;
  /** The field it is about, or the one that is missing. */
  readonly path: Path;
  readonly subject?: string;
  readonly summary: string;
  readonly fix?: string;
  /** Where it is less, or not known. */
  readonly severity?: "warn" | "unknown";
  /** It says that there is no object of these kinds: unknown where one may be that was not read. */
  readonly lacks?: readonly string[];
}
