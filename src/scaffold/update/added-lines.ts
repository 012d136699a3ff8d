/** The three versions of a file that could not be merged line by line. */
export interface Sides {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

/** Returns whether every line that the user added to the base is in the merged text, ignoring blanks and commas. */
export function keepsAddedLines({ base, ours }: Pick<Sides, "base" | "ours">, merged: string): boolean {
  const was = count(base);
  const is = count(merged);
  return [...count(ours)].every(([line, times]) => times <= (was.get(line) ?? 0) || (is.get(line) ?? 0) >= times);
}

function count(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of text.split("\n").map((each) => each.replace(/\s+|,\s*$/g, ""))) {
    if (line !== "") counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return counts;
}
