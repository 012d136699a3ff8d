import type { SourceLocation } from "../core/finding.ts";

/** Returns the location in a file of a place such as `gennet.yaml:3:7`. */
export function locationIn(file: string, place: string): SourceLocation {
  const [, line, column] = /:(\d+):(\d+)$/.exec(place) ?? [];
  return { file, line: Number(line), column: Number(column) };
}
