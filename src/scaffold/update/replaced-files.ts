import { type Answers, pathIn } from "../render.ts";
import type { Template } from "../template.ts";
import type { Base } from "./base.ts";

/** What took the place of a file that the template no longer has. */
export interface Replacement {
  /** A Python module; absent where the template names none. */
  readonly now?: string;
  /** What may become of a change of the file. */
  readonly hint?: string;
}

/** A file that the service changed, and that the template no longer has. */
export interface ReplacedFile extends Replacement {
  readonly path: string;
}

/** What took the place of a path, by the most precise of the places that the template names. */
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

/** Those of the conflicts that are about a file which the template no longer has. */
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
