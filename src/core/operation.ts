/** The value of a field. Never a secret: operations are shown, stored in plan files and compared. */
export type FieldValue = string | number | boolean | readonly string[];

/** `wait`: the resource is as desired, but not ready yet. */
export type Verb = "create" | "update" | "replace" | "delete" | "adopt" | "wait";

/**
 * A single change of a single target, as data: plan files, drift detection and resume compare operations. The view
 * turns them into sentences.
 */
export interface Operation {
  readonly verb: Verb;
  /** The target, by a name that is the same in every run: `subnet public-1`, not an id that AWS chooses. */
  readonly target: string;
  /** The fields of a creation. Absent if it is not known how much of the target already exists. */
  readonly fields?: Readonly<Record<string, FieldValue>>;
  /** The field that an update changes. */
  readonly field?: string;
  /** Absent if the field has no value, or if `after` is added to the existing ones. */
  readonly before?: FieldValue;
  readonly after?: FieldValue;
  /**
   * The target whose deletion includes this one: something that AWS or a controller made in it, and leaves behind. More
   * of that may appear until then, so planning the deletion of that target covers it.
   */
  readonly with?: string;
}

/** What operations do to a resource as a whole. */
export type Action = Verb | "none";

export function actionOf(operations: readonly Operation[]): Action {
  const verbs = new Set(operations.map(({ verb }) => verb));
  const [only] = verbs;
  if (verbs.size <= 1) return only ?? "none";
  // What is changed of what is adopted is a part of that.
  if (verbs.has("adopt")) return "adopt";
  return verbs.has("replace") ? "replace" : "update";
}

/**
 * Returns whether an operation is one of the planned ones, or a part of one: an earlier run may have been killed
 * between the creation of a target and the changes that belong to it. Waiting changes nothing, so it is always covered.
 */
export function isCovered(now: Operation, planned: readonly Operation[]): boolean {
  if (now.verb === "wait") return true;
  if (now.with !== undefined && planned.some(({ verb, target }) => verb === "delete" && target === now.with))
    return true;
  return planned.some((each) => each.target === now.target && covers(each, now));
}

/** Returns whether an operation is on something that appeared after planning, and is deleted with what was planned. */
export function appearedSince(planned: readonly Operation[], { with: whole, target }: Operation): boolean {
  return whole !== undefined && planned.every((each) => each.target !== target);
}

function covers(planned: Operation, now: Operation): boolean {
  if (planned.verb === "create" || planned.verb === "replace") {
    // It was not known what existed.
    if (planned.fields === undefined) return now.verb === "create" || now.verb === "update" || now.verb === "replace";
    if (now.verb === planned.verb || now.verb === "create") return fieldsAgree(planned, now);
    return now.verb === "update" && hasField(planned, now);
  }
  if (planned.verb !== now.verb) return false;
  return planned.field === now.field && same(planned.before, now.before) && same(planned.after, now.after);
}

function fieldsAgree(planned: Operation, now: Operation): boolean {
  return Object.entries(now.fields ?? {}).every(([field, value]) => same(planned.fields?.[field], value));
}

/** Returns whether an update is part of a creation: the creation would have set the same value. */
function hasField(planned: Operation, { field = "", before, after }: Operation): boolean {
  const value = planned.fields?.[field];
  if (Array.isArray(value) && typeof after === "string") return before === undefined && value.includes(after);
  return value !== undefined && same(value, after);
}

function same(one: FieldValue | undefined, other: FieldValue | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
