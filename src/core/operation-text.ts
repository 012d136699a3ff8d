import { listed } from "./enumerate.ts";
import type { FieldValue, Operation } from "./operation.ts";
import type { Difference } from "./resource.ts";

/**
 * Returns a line for people: what has to be done, or why it is not possible. Of a removal, what is deleted, and of an
 * adoption, what is adopted: what is changed for that is a detail.
 */
export function summaryOf({ operations, obstacle, removes }: Difference & { readonly removes?: true }): string {
  if (obstacle !== undefined) return obstacle.reason;
  const main = operations.filter(({ verb }) => verb === "adopt" || (removes === true && verb === "delete"));
  const made = main.length > 0 ? main : operations.filter(({ verb }) => verb !== "wait");
  if (made.length === 0)
    return operations.length === 0
      ? "nothing to do"
      : removes === true
        ? "wait until it is gone"
        : "wait until it is ready";
  const isOneVerb = made.every(({ verb }) => verb === made[0]?.verb);
  const parts =
    isOneVerb && made[0]?.verb !== "update"
      ? [...new Set(made.map(({ target }) => target))]
      : made.flatMap(({ verb, target, field }) => (verb === "update" && field !== undefined ? [field] : [target]));
  const different = [...new Set(parts)];
  return listed(different, different.length <= 2 ? 2 : 1);
}

const words: Readonly<Partial<Record<Operation["verb"], string>>> = { create: "add ", delete: "remove " };

/** Returns a line for each change, with its details; where some are made and others deleted, which is which. */
export function detailsOf({ operations }: Difference): readonly string[] {
  const targets = [...new Set(operations.map(({ target }) => target))];
  const isMixed = operations.some(({ verb }) => verb !== operations[0]?.verb);
  return targets.flatMap((target) => {
    const own = operations.filter((each) => each.target === target).flatMap(factsOf);
    if (targets.length === 1) return own;
    const verb = operations.find((each) => each.target === target)?.verb;
    const word = isMixed && verb !== undefined ? (words[verb] ?? "") : "";
    return [`${word}${target}${own.length === 0 ? "" : `: ${own.join(", ")}`}`];
  });
}

function factsOf({ verb, fields, field, before, after }: Operation): readonly string[] {
  if (verb !== "update" && verb !== "replace") {
    return Object.entries(fields ?? {}).map(([name, value]) => `${name}: ${shown(value)}`);
  }
  if (field === undefined) return [];
  if (after === undefined) return [field];
  if (before !== undefined) return [`${field}: ${shown(before)} → ${shown(after)}`];
  return [typeof after === "string" ? `${field}: add ${after}` : `${field}: ${shown(after)}`];
}

function shown(value: FieldValue): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  return Array.isArray(value) ? value.join(", ") : String(value);
}
