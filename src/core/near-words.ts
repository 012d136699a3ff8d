/**
 * Returns the words that a mistyped one may have meant, nearest first: those that are few edits away, or contain it.
 */
export function nearWords(typed: string, words: readonly string[]): readonly string[] {
  const wanted = typed.toLowerCase();
  const bound = Math.max(1, Math.floor(wanted.length / 3));
  return words
    .map((word) => ({ word, edits: editsBetween(wanted, word.toLowerCase()) }))
    .filter(({ word, edits }) => edits <= bound || (wanted.length > 2 && word.toLowerCase().includes(wanted)))
    .sort((one, other) => one.edits - other.edits || (one.word < other.word ? -1 : 1))
    .slice(0, 3)
    .map(({ word }) => word);
}

/** Counts insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editsBetween(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, at) => at)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Infinity;
  for (let row = 1; row <= one.length; row++) {
    const costs = [row];
    rows.push(costs);
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1] ? 0 : 1;
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      costs.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + same,
          swapped ? at(row - 2, column - 2) + 1 : Infinity,
        ),
      );
    }
  }
  return at(one.length, other.length);
}
