/** Why a check is not asked, for people; undefined where it is. */
export function leftOut(id: string, { only = [], skip = [] }: Choice): string | undefined {
  if (names(skip, id)) return "skipped by --skip";
  return only.length === 0 || names(only, id) ? undefined : "skipped by --only";
}

/** The patterns of `--only` and `--skip`. */
export interface Choice {
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
}

/** Whether `--only`/`--skip` patterns name this check: an id, an area, or a glob such as `cluster/*`. */
export function names(patterns: readonly string[], id: string): boolean {
  return patterns.some((pattern) => {
    if (pattern === id || id.startsWith(`${pattern}/`)) return true;
    return pattern.endsWith("*") && id.startsWith(pattern.slice(0, -1));
  });
}
