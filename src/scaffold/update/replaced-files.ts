import { type Answers, pathIn } from "../render.ts";
import type { Template } from "../template.ts";
import type { Base } from "./base.ts";

/** A file that the service changed, and that the template no longer has. */
export interface ReplacedFile {
  readonly path: string;
  /** What takes its place; absent where the template does not say. */
  readonly by?: string;
}

/** What takes the place of a file that the template had before, by the most precise of the places that name it. */
export type Replacement = (path: string) => string | undefined;

export function replacementIn({ replaced = {} }: Template, answers: Answers): Replacement {
  const places = Object.entries(replaced).map(([place, by]) => [pathIn(place, answers), by] as const);
  return (path) =>
    places
      .filter(([place]) => path === place || path.startsWith(`${place}/`))
      .toSorted(([a], [b]) => b.length - a.length)[0]?.[1];
}

/** Those of the conflicts that are about a file which the template no longer has. */
export function replacedFiles(
  conflicts: readonly string[],
  { base, next }: { readonly base: Base; readonly next: Base },
  replacement: Replacement,
): readonly ReplacedFile[] {
  const [had, has] = [base, next].map(({ files }) => new Set(files.map(({ path }) => path)));
  return conflicts
    .filter((path) => had?.has(path) === true && has?.has(path) === false)
    .map((path) => {
      const by = replacement(path);
      return by === undefined ? { path } : { path, by };
    });
}
