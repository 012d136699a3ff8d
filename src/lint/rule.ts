import type { Observation } from "./observation.ts";
import type { Check } from "../core/check.ts";
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
