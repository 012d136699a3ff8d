import { blocked, type Difference } from "../core/resource.ts";

/** Returns the differences of the parts of a resource as one; if a part is blocked, all of it is. */
export function together(parts: readonly (readonly [name: string, difference: Difference])[]): Difference {
  const operations = parts.flatMap(([, difference]) => difference.operations);
  const reasons = parts.flatMap(([name, { obstacle }]) =>
    obstacle === undefined ? [] : [`${name}: ${obstacle.reason}`],
  );
  const [first] = reasons;
  if (first === undefined) return { operations };
  return blocked(reasons.length === 1 ? first : `${first}; and ${reasons.length - 1} more like it`, operations);
}

/** Returns the deletion of each of these. */
export function deletions(targets: readonly string[]): Difference {
  return { operations: targets.map((target) => ({ verb: "delete", target })) };
}
