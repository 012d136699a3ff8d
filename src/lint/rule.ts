import type { Check } from "../core/check.ts";
import type { Path } from "./fields.ts";
import type { Manifest } from "./manifest.ts";
import type { Tree } from "./tree.ts";
import type { Unit } from "./unit.ts";

/** The description of a rule. */
export interface RuleFacts extends Pick<Check<never>, "id" | "title" | "explain"> {
  readonly severity: "fail" | "warn" | "unknown";
  /** The usual fix, unless an observation has a more specific one. */
  readonly fix: string;
}

/** One rule, applied to every unit of a tree. Its result for an uncertain object becomes unknown. */
export interface Rule extends RuleFacts {
  examine(unit: Unit, tree: Tree): readonly Observation[];
}

export interface Observation {
  readonly manifest: Manifest;
  /** The field it is about, including a missing one. */
  readonly path: Path;
  readonly subject?: string;
  readonly summary: string;
  readonly fix?: string;
  /** If it is a warning or unknown instead of a failure. */
  readonly severity?: "warn" | "unknown";
  /** The rule depends on the absence of objects of these kinds: unknown if an unreadable file may contain one. */
  readonly lacks?: readonly string[];
}
