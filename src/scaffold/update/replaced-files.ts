import { type Answers, pathIn } from "../render.ts";
import type { Template } from "../template.ts";
import type { Base } from "./base.ts";

/** A file that the service changed, and that the template no longer has. */
export interface ReplacedFile {
  readonly path: string;
  /** What takes its place; absent where the template does not say. */
  readonly by?: string;
}

/** Those of the conflicts that are about a file which the template no longer has. */
export function replacedFiles(
  conflicts: readonly string[],
  { base, next }: { readonly base: Base; readonly next: Base },
  { replaced = {} }: Template,
  answers: Answers,
): readonly ReplacedFile[] {
  const [had, has] = [base, next].map(({ files }) => new Set(files.map(({ path }) => path)));
  const places = Object.entries(replaced).map(([place, by]) => [pathIn(place, answers), by] as const);
  return conflicts
    .filter((path) => had?.has(path) === true && has?.has(path) === false)
    .map((path) => {
      // The most precise of the places that it is in.
      const [found] = places
        .filter(([place]) => path === place || path.startsWith(`${place}/`))
        .toSorted(([a], [b]) => b.length - a.length);
      return found === undefined ? { path } : { path, by: found[1] };
    });
}
