/** Whether `--only`/`--skip` patterns name this check: an id, an area, or a glob such as `cluster/*`. */
export function names(patterns: readonly string[], id: string): boolean {
  return patterns.some((pattern) => {
    if (pattern === id || id.startsWith(`${pattern}/`)) return true;
    return pattern.endsWith("*") && id.startsWith(pattern.slice(0, -1));
  });
}
