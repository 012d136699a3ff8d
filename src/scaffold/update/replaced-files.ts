import { type Answers, pathIn } from "../render.ts";
import type { Template } from "../template.ts";
import type { Base } from "./base.ts";

/** What replaced a file that is no longer in the template. */
export interface Replacement {
  /** A Python module; absent if the template names none. */
  readonly now?: string;
  /** What to do with your changes to the file. */
  readonly hint?: string;
}

/** A file that the service changed and that is no longer in the template. */
export interface ReplacedFile extends Replacement {
  readonly path: string;
}

/** Returns what replaced a path, from the most specific entry of the template. */
export function replacementIn({ replaced = {} }: Template, answers: Answers): (path: string) => Replacement {
  const places = Object.entries(replaced).map(([place, by]) => ({ place: pathIn(place, answers), by }));
  return (path) => {
    const [found] = places
      .filter(({ place }) => path === place || path.startsWith(`${place}/`))
      .toSorted((a, b) => b.place.length - a.place.length);
    if (found === undefined) return {};
    const { now, hint } = found.by;
    const below = path.slice(found.place.length).replace(/(\/__init__)?\.py$/, "");
    return {
      ...(now === undefined ? {} : { now: now + below.replaceAll("/", ".") }),
      ...(hint === undefined ? {} : { hint }),
    };
  };
}

/** Returns the replacements for conflicts about files that are no longer in the template. */
export function replacedFiles(
  conflicts: readonly string[],
  { base, next }: { readonly base: Base; readonly next: Base },
  replacement: (path: string) => Replacement,
): readonly ReplacedFile[] {
  const [had, has] = [base, next].map(({ files }) => new Set(files.map(({ path }) => path)));
  return conflicts
    .filter((path) => had?.has(path) === true && has?.has(path) === false)
    .map((path) => ({ path, ...replacement(path) }));
}
